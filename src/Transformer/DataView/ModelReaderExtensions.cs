using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>Reads and checks the fields of a model file, which is untrusted input.</summary>
internal static class ModelReaderExtensions
{
    /// <summary>Reads a name, or null. The checks of the settings decide whether null is valid.</summary>
    /// <exception cref="FormatException">
    /// The reference is not in the file's string table, or the file ends too early. ML.NET's own error does not name the option.
    /// </exception>
    public static string? ReadName(IExceptionContext context, ModelLoadContext file, string option)
    {
        try
        {
            return file.LoadStringOrNull();
        }
        catch (FormatException e)
        {
            throw context.ModelFile($"{option}: it refers to a name that is not in the file", e);
        }
        catch (EndOfStreamException e)
        {
            throw context.ModelFile("it ends too early", e);
        }
    }

    /// <summary>Reads the fields behind the names.</summary>
    /// <param name="context">Marks errors.</param>
    /// <param name="file">The model file.</param>
    /// <param name="read">Reads the fields.</param>
    /// <exception cref="FormatException">A field is invalid, or the file ends too early.</exception>
    public static T ReadFields<T>(IExceptionContext context, ModelLoadContext file, Func<BinaryReader, T> read)
    {
        try
        {
            return read(file.Reader);
        }
        catch (ModelEntryException e)
        {
            throw context.ModelFile(e.Message);
        }
        catch (EndOfStreamException e)
        {
            throw context.ModelFile("it ends too early", e);
        }
    }

    /// <summary>Throws if a check of the settings found a problem.</summary>
    /// <exception cref="FormatException">There is a problem.</exception>
    public static void Check(IExceptionContext context, (string Option, string Problem)? problem)
    {
        if (problem is { } found)
            throw context.ModelFile($"{found.Option}: {found.Problem}");
    }
}
