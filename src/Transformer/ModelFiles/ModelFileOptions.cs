namespace MlNetNtd;

/// <summary>What <see cref="ModelFile"/> lets pass.</summary>
public sealed class ModelFileOptions
{
    private const int MostEntries = ushort.MaxValue - 1;
    private const int MostSchemaBytes = 1 << 30;

    /// <summary>Entries of the zip at most, 1 to 65,534. 10,000 unless set.</summary>
    public int MaxEntries { get; set; } = 10_000;

    /// <summary>Bytes of all entries together at most, unpacked. 1 GiB unless set.</summary>
    public long MaxBytes { get; set; } = 1L << 30;

    /// <summary>Bytes of a schema at most, and of its unpacked annotations; 1 GiB at most. 4 MiB unless set.</summary>
    public int MaxSchemaBytes { get; set; } = 4 << 20;

    /// <summary>
    /// Simple names of the assemblies that a model may name, whatever their case: ML.NET would load them. To begin with, ours
    /// and those of ML.NET that are managed code only. Stages that hand bytes of the model to native code (ONNX, TensorFlow,
    /// LightGBM, TorchSharp) and the assembly of a custom mapping are yours to add.
    /// </summary>
    public ISet<string> AllowedAssemblies { get; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
    {
        "MlNetNtd.Transformer",
        "MlNetNtd.Discriminator",
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

    /// <exception cref="ArgumentException">A cap is out of its range.</exception>
    internal void Check()
    {
        if (MaxEntries is < 1 or > MostEntries)
            throw new ArgumentException($"{nameof(MaxEntries)}: expected 1 to {MostEntries} entries, found {MaxEntries}.");
        if (MaxBytes < 1)
            throw new ArgumentException($"{nameof(MaxBytes)}: expected at least 1 byte, found {MaxBytes}.");
        if (MaxSchemaBytes is < 1 or > MostSchemaBytes)
            throw new ArgumentException($"{nameof(MaxSchemaBytes)}: expected 1 to {MostSchemaBytes} bytes, found {MaxSchemaBytes}.");
    }
}
