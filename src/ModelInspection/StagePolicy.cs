using System.Text.RegularExpressions;

namespace MlNetNtd;

/// <summary>Decides which assemblies and loaders a stage may name.</summary>
internal sealed partial class StagePolicy(ISet<string> allowedAssemblies, ISet<string> allowedStages)
{
    /// <summary>The number of the stage's own bytes that the policy reads.</summary>
    public const int BlockBytes = 8;

    /// <summary>The first version in which a custom mapping names its assembly.</summary>
    public const uint CustomMappingNamesAssembly = 0x00010002;

    // ML.NET loads the assembly that this stage's second string names.
    private const string CustomMapping = "CustomTransformer";

    /// <summary>Checks the assemblies that a stage names.</summary>
    /// <exception cref="ModelFileException">An assembly is not allowed.</exception>
    public void CheckAssemblies(string entry, ModelHeaderParser header, string? assembly, ReadOnlySpan<byte> block, ReadOnlySpan<byte> names)
    {
        if (assembly is not null)
            CheckAssembly(entry, "assembly name", assembly);
        if (Loads(header, CustomMapping) && header.ModelVersion >= CustomMappingNamesAssembly)
        {
            var reader = new FieldReader(entry, block);
            reader.Int32("contract");
            CheckAssembly(entry, "assembly of the contract", header.String(entry, names, reader.Int32("assembly of the contract")));
        }
    }

    /// <summary>Finds the format that checks a stage's own bytes.</summary>
    /// <returns>The format; null if the stage is allowed by name and not checked.</returns>
    /// <exception cref="ModelFileException">There is no format for the stage, and it is not allowed by name.</exception>
    public StageFormat? FindFormat(string entry, ModelHeaderParser header, StageKind kind)
    {
        // ML.NET uses the second loader if the first one does not create an object of the type that it needs.
        var (loader, second) = (header.LoaderSignature, header.OtherLoaderSignature);
        var format = FindFormat(entry, "loader", loader, kind);
        if (!string.IsNullOrWhiteSpace(second) && FindFormat(entry, "second loader", second, kind) != format)
            throw new ModelFileException(entry, "second loader", $"one of the same format as '{loader}'", $"'{second}'");
        if (format is not null && !format.IsSignature(header.ModelSignature))
            throw new ModelFileException(entry, "ModelSignature", string.Join(" or ", format.Signatures), header.ModelSignature);
        return format;
    }

    private StageFormat? FindFormat(string entry, string field, string loader, StageKind kind)
    {
        if (allowedStages.Contains(loader.Trim()))
            return null;
        return StageFormat.Find(loader) is { } format && (format.Kinds & kind) != 0
            ? format
            : throw new ModelFileException(
                entry, field, $"a stage whose bytes can be checked, or one of {nameof(ModelFileOptions)}.{nameof(ModelFileOptions.AllowedStages)}", $"'{loader}'");
    }

    // ML.NET tries both names, case-insensitively and without surrounding blanks.
    private static bool Loads(ModelHeaderParser header, string loader) =>
        header.LoaderSignature.Trim().Equals(loader, StringComparison.OrdinalIgnoreCase)
        || header.OtherLoaderSignature.Trim().Equals(loader, StringComparison.OrdinalIgnoreCase);

    // A display name without quotes, escapes or anything else that the runtime could interpret differently.
    [GeneratedRegex(@"\A(?<name>[A-Za-z0-9._-]+)(, Version=[0-9]{1,5}(\.[0-9]{1,5}){1,3})?(, Culture=neutral)?(, PublicKeyToken=(null|[0-9a-f]{16}))?\z", RegexOptions.ExplicitCapture)]
    private static partial Regex AssemblyNames { get; }

    private void CheckAssembly(string entry, string field, string assembly)
    {
        if (AssemblyNames.Match(assembly) is not { Success: true } match || !allowedAssemblies.Contains(match.Groups["name"].Value))
            throw new ModelFileException(entry, field, "an assembly that is allowed", $"'{assembly}'");
    }
}
