namespace MlNetNtd;

/// <summary>Reads the own bytes of a stage as its loader does.</summary>
internal delegate void StageRead(ref StageReader reader);

/// <summary>
/// The format of a stage's own bytes. ML.NET's loaders trust the counts in them. A format knows the smallest number of bytes of each
/// counted item, and what ML.NET allocates for it.
/// </summary>
/// <param name="Loaders">The names by which ML.NET finds the loader.</param>
/// <param name="Signatures">The model signatures in the header that the loader accepts.</param>
/// <param name="Kinds">The kinds of object that ML.NET can load the stage as.</param>
/// <param name="Read">
/// Reads all of the bytes; null for the stages of MlNetNtd, whose loaders compare every length with the bytes that are left.
/// </param>
internal sealed record StageFormat(string[] Loaders, string[] Signatures, StageKind Kinds, StageRead? Read)
{
    private static readonly Dictionary<string, StageFormat> ByLoader = All()
        .SelectMany(format => format.Loaders, (format, loader) => (format, loader))
        .ToDictionary(pair => pair.loader, pair => pair.format, StringComparer.OrdinalIgnoreCase);

    /// <summary>Finds the format of a loader's stages; null if there is none.</summary>
    /// <remarks>Like ML.NET, it ignores case and surrounding blanks.</remarks>
    public static StageFormat? Find(string loader) => ByLoader.GetValueOrDefault(loader.Trim());

    /// <summary>Gets whether a header's model signature is an accepted one.</summary>
    public bool IsSignature(string found) => Signatures.Contains(found.Replace('\0', ' ').TrimEnd(), StringComparer.Ordinal);

    private static IEnumerable<StageFormat> All() =>
    [
        .. StructureFormats.All, .. ColumnFormats.All, .. NormalizerFormats.All, .. TextFormats.All, .. LoaderFormats.All,
        .. PredictionFormats.All, .. PredictorFormats.All, .. CalibratorFormats.All,
    ];
}
