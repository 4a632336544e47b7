using System.IO.Compression;

namespace MlNetNtd;

/// <summary>Options of <see cref="ModelFileInspector"/>: limits, and the allowed assemblies and stages.</summary>
public sealed class ModelFileOptions
{
    private const int MaxEntriesLimit = ushort.MaxValue - 1;
    private const int MaxSchemaBytesLimit = 1 << 30;
    private const long BaseLoadBytes = 56 << 20;
    private const int LoadBytesPerPackedByte = 4;

    /// <summary>Gets or sets the largest number of entries in the zip, 1 to 65,534. Default: 10,000.</summary>
    public int MaxEntries { get; set; } = 10_000;

    /// <summary>Gets or sets the largest total size of all uncompressed entries, in bytes. Default: 1 GiB.</summary>
    public long MaxBytes { get; set; } = 1L << 30;

    /// <summary>
    /// Gets or sets the largest size of a schema, and of its uncompressed annotations, in bytes; 1 GiB at most. Default: 4 MiB.
    /// </summary>
    public int MaxSchemaBytes { get; set; } = 4 << 20;

    /// <summary>
    /// Gets or sets the largest number of bytes that <c>Load</c> may allocate, by a conservative estimate. Default: null, which is 56 MiB
    /// plus four bytes for each compressed byte. Weights of any size pass this limit, and data that unpacks to many times its size does
    /// not.
    /// </summary>
    public long? MaxLoadBytes { get; set; }

    /// <summary>
    /// Gets the names of loaders (<see cref="ModelFileStage.LoaderSignature"/>) whose stages pass without a check of their own bytes,
    /// case-insensitive. Default: none. Other stages are read as ML.NET's loader reads them, or rejected. docs/security.md lists the
    /// stages that can be checked. They do not include trees and forests, factorization machines, forecasts, word embeddings, topics,
    /// images, ONNX, TensorFlow, LightGBM and TorchSharp.
    /// </summary>
    public ISet<string> AllowedStages { get; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Gets the simple names of the assemblies that a model may name, and that ML.NET would load, case-insensitive. Default: the
    /// assemblies of MlNetNtd, and those of ML.NET without native code of their own. Add others, and the assembly of a custom mapping.
    /// An allowed assembly does not allow its stages: see <see cref="AllowedStages"/>.
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
        // The name of StandardTrainers in old models. ML.NET maps it to the new name.
        "Microsoft.ML.StandardLearners",
    };

    /// <summary>Computes the default of <see cref="MaxLoadBytes"/>.</summary>
    internal static long DefaultLoadBytes(ZipArchive archive) =>
        BaseLoadBytes + LoadBytesPerPackedByte * archive.Entries.Sum(entry => entry.CompressedLength);

    /// <summary>Checks the limits.</summary>
    /// <exception cref="ArgumentException">A limit is out of range.</exception>
    internal void Check()
    {
        if (MaxEntries is < 1 or > MaxEntriesLimit)
            throw new ArgumentException($"{nameof(MaxEntries)}: expected 1 to {MaxEntriesLimit} entries, found {MaxEntries}.");
        if (MaxBytes < 1)
            throw new ArgumentException($"{nameof(MaxBytes)}: expected at least 1 byte, found {MaxBytes}.");
        if (MaxLoadBytes < 1)
            throw new ArgumentException($"{nameof(MaxLoadBytes)}: expected at least 1 byte, found {MaxLoadBytes}.");
        if (MaxSchemaBytes is < 1 or > MaxSchemaBytesLimit)
            throw new ArgumentException($"{nameof(MaxSchemaBytes)}: expected 1 to {MaxSchemaBytesLimit} bytes, found {MaxSchemaBytes}.");
    }
}
