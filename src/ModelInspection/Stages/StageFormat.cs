namespace MlNetNtd;

/// <summary>The bytes of one of ML.NET's stages, read as its loader reads them.</summary>
internal delegate void StageRead(ref StageReader reader);

/// <summary>
/// A stage whose own bytes are checked. ML.NET's loaders believe the counts in them; each format here says how many bytes an
/// item of a count has at least and what ML.NET allocates for it.
/// </summary>
/// <param name="Loaders">The names under which ML.NET finds its loader.</param>
/// <param name="Signatures">What its format is called in the header, of which its loader accepts no other.</param>
/// <param name="Kinds">As what it is loaded.</param>
/// <param name="Read">Reads its bytes, up to the last; null for our own, which hold every length against what is left when they are loaded.</param>
internal sealed record StageFormat(string[] Loaders, string[] Signatures, StageKind Kinds, StageRead? Read)
{
    private static readonly Dictionary<string, StageFormat> ByLoader = All()
        .SelectMany(format => format.Loaders, (format, loader) => (format, loader))
        .ToDictionary(pair => pair.loader, pair => pair.format, StringComparer.OrdinalIgnoreCase);

    /// <summary>The format of a loader's stages; null where there is none to check them by.</summary>
    /// <remarks>Neither case nor blanks around the name count for ML.NET.</remarks>
    public static StageFormat? Find(string loader) => ByLoader.GetValueOrDefault(loader.Trim());

    /// <summary>Whether a header's name of the format is one of those expected.</summary>
    public bool IsSignature(string found) => Signatures.Contains(found.Replace('\0', ' ').TrimEnd(), StringComparer.Ordinal);

    private static IEnumerable<StageFormat> All() =>
    [
        .. StructureFormats.All, .. ColumnFormats.All, .. NormalizerFormats.All, .. TextFormats.All, .. LoaderFormats.All,
        .. PredictionFormats.All, .. PredictorFormats.All, .. CalibratorFormats.All,
    ];
}
