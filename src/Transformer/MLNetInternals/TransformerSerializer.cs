using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using MlNetNtd;

[assembly: LoadableClass(
    typeof(ITransformer), typeof(TransformerSerializer), null, typeof(SignatureLoadModel),
    "Next-token discriminator inputs", TransformerSerializer.LoaderSignature)]

namespace MlNetNtd;

/// <summary>Saves the transform to ML.NET's model zip and loads it.</summary>
/// <remarks>
/// <para>
/// ML.NET writes this assembly's name and the loader signature into the header of the model. Its loader loads the
/// assembly, finds the attribute above and calls <see cref="Create"/>. No registration is necessary.
/// </para>
/// <para>
/// The header is followed by the column names (combined, mask or null, token count or null, previous, current) as
/// references to ML.NET's string table; MaxTokens, MaskKind, PadToMaxTokens, Engine, BatchSize (0 if the row's size
/// determines it) and C as 32-bit integers; the initial embedding as C floats; and TruncateToMaxTokens as a 32-bit integer.
/// All values are little-endian.
/// </para>
/// </remarks>
internal static class TransformerSerializer
{
    /// <summary>The loader signature. ML.NET accepts at most 24 characters.</summary>
    public const string LoaderSignature = "NextTokenDiscriminator";

    private const uint FormatVersion = 0x00010001;

    // A model signature has exactly 8 characters.
    private static VersionInfo Version => new(
        modelSignature: "NTDSTAGE",
        verWrittenCur: FormatVersion,
        verReadableCur: FormatVersion,
        verWeCanReadBack: FormatVersion,
        loaderAssemblyName: typeof(TransformerSerializer).Assembly.FullName,
        loaderSignature: LoaderSignature);

    /// <summary>Writes the settings of a transformer.</summary>
    public static void Save(ModelSaveContext file, TransformSettings settings)
    {
        file.CheckAtModel();
        file.SetVersionInfo(Version);
        file.SaveNonEmptyString(settings.CombinedColumn);
        file.SaveStringOrNull(settings.MaskColumn);
        file.SaveStringOrNull(settings.TokenCountColumn);
        file.SaveNonEmptyString(settings.PreviousColumn);
        file.SaveNonEmptyString(settings.CurrentColumn);

        var writer = file.Writer;
        writer.Write(settings.MaxTokens);
        writer.Write((int)settings.MaskKind);
        writer.Write(settings.PadToMaxTokens ? 1 : 0);
        writer.Write((int)settings.Engine);
        writer.Write(settings.BatchSize ?? 0);
        writer.Write(settings.EmbeddingDimension);
        foreach (var value in settings.InitialEmbedding)
            writer.Write(value);
        writer.Write(settings.TruncateToMaxTokens ? 1 : 0);
    }

    /// <summary>Loads a transformer. ML.NET calls this method by name when it finds the loader signature in a model.</summary>
    /// <exception cref="FormatException">The model is damaged or of another version.</exception>
    public static ITransformer Create(IHostEnvironment env, ModelLoadContext file)
    {
        ArgumentNullException.ThrowIfNull(env);
        ArgumentNullException.ThrowIfNull(file);
        file.CheckAtModel(Version);
        return new NextTokenDiscriminatorTransformer(env, Load(env, file));
    }

    private static TransformSettings Load(IHostEnvironment env, ModelLoadContext file)
    {
        TransformSettings settings;
        try
        {
            settings = Read(env, file);
        }
        catch (EndOfStreamException e)
        {
            throw env.ModelFile("it ends too early", e);
        }

        ModelReaderExtensions.Check(env, settings.FindProblem());
        return settings;
    }

    private static TransformSettings Read(IHostEnvironment env, ModelLoadContext file)
    {
        // The order is the one of Save.
        var reader = file.Reader;
        return new TransformSettings
        {
            CombinedColumn = ModelReaderExtensions.ReadName(env, file, "OutputColumnName") ?? "",
            MaskColumn = ModelReaderExtensions.ReadName(env, file, "MaskColumnName"),
            TokenCountColumn = ModelReaderExtensions.ReadName(env, file, "TokenCountColumnName"),
            PreviousColumn = ModelReaderExtensions.ReadName(env, file, "PreviousColumnName") ?? "",
            CurrentColumn = ModelReaderExtensions.ReadName(env, file, "CurrentColumnName") ?? "",
            MaxTokens = reader.ReadInt32(),
            MaskKind = (MaskKind)reader.ReadInt32(),
            PadToMaxTokens = ModelReaderExtensions.ReadFlag(env, reader, nameof(TransformSettings.PadToMaxTokens)),
            Engine = (EngineKind)reader.ReadInt32(),
            BatchSize = reader.ReadInt32() is var rows and not 0 ? rows : null,
            InitialEmbedding = ReadEmbedding(env, reader),
            TruncateToMaxTokens = ModelReaderExtensions.ReadFlag(env, reader, nameof(TransformSettings.TruncateToMaxTokens)),
        };
    }

    // The file is untrusted: the count is checked before the array is allocated.
    private static ImmutableArray<float> ReadEmbedding(IHostEnvironment env, BinaryReader reader)
    {
        var count = reader.ReadInt32();
        ModelReaderExtensions.Check(env, TransformSettings.FindDimensionProblem(count));
        var left = ModelReaderExtensions.RemainingBytes(reader);
        if ((long)count * sizeof(float) > left)
            throw env.ModelFile($"InitialEmbedding: {count} values are announced, {left} bytes are left");

        return ImmutableCollectionsMarshal.AsImmutableArray(ModelReaderExtensions.ReadSingles(reader, count));
    }
}
