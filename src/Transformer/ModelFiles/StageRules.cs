using System.Globalization;
using System.Text.RegularExpressions;

namespace MlNetNtd;

/// <summary>What a stage may name and announce, before anything is loaded for it.</summary>
internal sealed partial class StageRules(ISet<string> allowedAssemblies, HashSet<string> entryNames)
{
    /// <summary>Of a stage's own bytes, those that are looked at.</summary>
    public const int BlockBytes = 8;

    // ML.NET allocates 12 bytes for each stage that a chain announces.
    private const string Chain = "TransformerChain";

    // ML.NET loads the assembly that its second string names.
    private const string CustomMapping = "CustomTransformer";
    private const uint CustomMappingNamesAssembly = 0x00010002;

    /// <exception cref="ModelFileException">An assembly is not allowed, or a chain announces other stages than it has.</exception>
    public void Check(
        string entry, string folder, ModelHeaderFields header, string? assembly, ReadOnlySpan<byte> block, ReadOnlySpan<byte> names)
    {
        if (assembly is not null)
            CheckAssembly(entry, "assembly name", assembly);
        if (Loads(header, Chain))
            CheckChain(entry, folder, header.ModelBytes, block);
        if (Loads(header, CustomMapping) && header.ModelVersion >= CustomMappingNamesAssembly)
        {
            var reader = new FieldReader(entry, block);
            reader.Int32("contract");
            CheckAssembly(entry, "assembly of the contract", header.String(entry, names, reader.Int32("assembly of the contract")));
        }
    }

    // ML.NET tries the second name where the first does not serve, and neither case nor blanks count in either.
    private static bool Loads(ModelHeaderFields header, string loader) =>
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

    private void CheckChain(string entry, string folder, long modelBytes, ReadOnlySpan<byte> block)
    {
        var reader = new FieldReader(entry, block);
        var count = reader.Int32("stages");
        reader.InRange("stages", 0, entryNames.Count, count);
        reader.Expect("stages, bytes", sizeof(int) * (1L + count), modelBytes);
        for (var i = 0; i < count; i++)
        {
            var stage = string.Create(CultureInfo.InvariantCulture, $"{folder}/Transform_{i:000}").TrimStart('/');
            if (!entryNames.Contains($"{stage}/Model.key") && !entryNames.Contains($"{stage}/Model.bin"))
                throw reader.Refusal($"stage {i} of {count}", $"an entry in {stage}", "none");
        }
    }
}
