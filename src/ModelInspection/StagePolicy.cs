using System.Text.RegularExpressions;

namespace MlNetNtd;

/// <summary>What a stage may name, before anything is loaded for it.</summary>
internal sealed partial class StagePolicy(ISet<string> allowedAssemblies, ISet<string> allowedStages)
{
    /// <summary>Of a stage's own bytes, those that are looked at here.</summary>
    public const int BlockBytes = 8;

    /// <summary>The version from which a custom mapping names the assembly that it is in.</summary>
    public const uint CustomMappingNamesAssembly = 0x00010002;

    // ML.NET loads the assembly that its second string names.
    private const string CustomMapping = "CustomTransformer";

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

    /// <summary>The format by which a stage's own bytes are checked.</summary>
    /// <returns>Null where it is allowed by name, and not checked.</returns>
    /// <exception cref="ModelFileException">It can be checked by none, and is not allowed by name.</exception>
    public StageFormat? FindFormat(string entry, ModelHeaderParser header, StageKind kind)
    {
        // ML.NET takes the second where what the first makes is not what it looks for.
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

    // ML.NET tries the second name where the first does not serve, and neither case nor blanks count in either.
    private static bool Loads(ModelHeaderParser header, string loader) =>
        header.LoaderSignature.Trim().Equals(loader, StringComparison.OrdinalIgnoreCase)
        || header.OtherLoaderSignature.Trim().Equals(loader, StringComparison.OrdinalIgnoreCase);

    // A name in full, without quotes, escapes or anything that the runtime might read in another way or fail on.
    [GeneratedRegex(@"\A(?<name>[A-Za-z0-9._-]+)(, Version=[0-9]{1,5}(\.[0-9]{1,5}){1,3})?(, Culture=neutral)?(, PublicKeyToken=(null|[0-9a-f]{16}))?\z", RegexOptions.ExplicitCapture)]
    private static partial Regex AssemblyNames { get; }

    private void CheckAssembly(string entry, string field, string assembly)
    {
        if (AssemblyNames.Match(assembly) is not { Success: true } match || !allowedAssemblies.Contains(match.Groups["name"].Value))
            throw new ModelFileException(entry, field, "an assembly that is allowed", $"'{assembly}'");
    }
}
