using System.IO.Compression;

namespace MlNetNtd;

/// <summary>What <see cref="ModelFileInspector"/> lets pass.</summary>
public sealed class ModelFileOptions
{
    private const int MostEntries = ushort.MaxValue - 1;
    private const int MostSchemaBytes = 1 << 30;
    private const long LoadBytes = 56 << 20;
    private const int LoadBytesForEach = 4;

    /// <summary>Entries of the zip at most, 1 to 65,534. 10,000 unless set.</summary>
    public int MaxEntries { get; set; } = 10_000;

    /// <summary>Bytes of all entries together at most, unpacked. 1 GiB unless set.</summary>
    public long MaxBytes { get; set; } = 1L << 30;

    /// <summary>Bytes of a schema at most, and of its unpacked annotations; 1 GiB at most. 4 MiB unless set.</summary>
    public int MaxSchemaBytes { get; set; } = 4 << 20;

    /// <summary>
    /// Bytes that <c>Load</c> may allocate, by an estimate that errs on the high side; null, as it is unless set: 56 MiB and four
    /// for each byte of the packed entries, so that weights may be as large as they are and nothing unpacks to a multiple.
    /// </summary>
    public long? MaxLoadBytes { get; set; }

    /// <summary>
    /// Names of loaders (<see cref="ModelFileStage.LoaderSignature"/>) whose stages pass without a look at their own bytes,
    /// whatever their case; none to begin with. All other stages are read as ML.NET's loader reads them, or refused:
    /// docs/security.md lists those that can be checked. Not among them are trees and forests, factorization machines, forecasts,
    /// word embeddings, topics, images, ONNX, TensorFlow, LightGBM and TorchSharp.
    /// </summary>
    public ISet<string> AllowedStages { get; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Simple names of the assemblies that a model may name, whatever their case: ML.NET would load them. To begin with, ours
    /// and those of ML.NET that bring no native code of their own. Others, and the assembly of a custom mapping, are yours to add;
    /// which stages of an assembly pass is for <see cref="AllowedStages"/> to say.
    /// </summary>
    public ISet<string> AllowedAssemblies { get; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
    {
        "MlNetNtd.Transformer",
        "MlNetNtd.Trainer",
        "Microsoft.ML.Core",
        "Microsoft.ML.Data",
        "Microsoft.ML.Ensemble",
        "Microsoft.ML.EntryPoints",
        "Microsoft.ML.FastTree",
        "Microsoft.ML.ImageAnalytics",
        "Microsoft.ML.KMeansClustering",
        "Microsoft.ML.PCA",
        "Microsoft.ML.Recommender",
        "Microsoft.ML.StandardTrainers",
        "Microsoft.ML.TimeSeries",
        "Microsoft.ML.Transforms",
        // What ML.NET called StandardTrainers in earlier models; it reads the new name for it.
        "Microsoft.ML.StandardLearners",
    };

    /// <summary>What loading may allocate where nothing is set.</summary>
    internal static long DefaultLoadBytes(ZipArchive archive) =>
        LoadBytes + LoadBytesForEach * archive.Entries.Sum(entry => entry.CompressedLength);

    /// <exception cref="ArgumentException">A cap is out of its range.</exception>
    internal void Check()
    {
        if (MaxEntries is < 1 or > MostEntries)
            throw new ArgumentException($"{nameof(MaxEntries)}: expected 1 to {MostEntries} entries, found {MaxEntries}.");
        if (MaxBytes < 1)
            throw new ArgumentException($"{nameof(MaxBytes)}: expected at least 1 byte, found {MaxBytes}.");
        if (MaxLoadBytes < 1)
            throw new ArgumentException($"{nameof(MaxLoadBytes)}: expected at least 1 byte, found {MaxLoadBytes}.");
        if (MaxSchemaBytes is < 1 or > MostSchemaBytes)
            throw new ArgumentException($"{nameof(MaxSchemaBytes)}: expected 1 to {MostSchemaBytes} bytes, found {MaxSchemaBytes}.");
    }
}
