namespace MlNetNtd;

/// <summary>
/// The formats of predictors: linear models, naive Bayes, k-means and similar ones. Trees, factorization machines and forecasts are
/// not checked.
/// </summary>
internal static class PredictorFormats
{
    private const uint Version2 = 0x00010002;

    public static readonly StageFormat[] All =
    [
        new(["Linear2CExec"], ["LINEAR2C"], StageKind.Model, ReadBinary),
        new(["LinearRegressionExec"], ["LIN RGRS"], StageKind.Model, ReadLinear),
        new(["PoissonRegressionExec"], ["POI RGRS"], StageKind.Model, ReadLinear),
        new(["ModelStats"], ["MOD STAT"], StageKind.Model, (ref StageReader reader) => ReadStatistics(ref reader)),
        new(["LinearModelStats"], ["LMODSTAT"], StageKind.Model, ReadLinearStatistics),
        new(["MultiClassLRExec"], ["MULTI LR"], StageKind.Model, ReadMulticlass),
        new(["MulticlassLinear"], ["MCLINEAR"], StageKind.Model, ReadMulticlass),
        new(["MultiClassNaiveBayesPred"], ["MNABYPRD"], StageKind.Model, ReadNaiveBayes),
        new(["LDSVMBinaryPredictor"], ["LDSVM BC"], StageKind.Model, ReadLocalDeepSvm),
        new(["OVAExec"], ["TLC OVA"], StageKind.Model, ReadOneVersusAll),
        new(["PKPDExec"], ["TLC PKPD"], StageKind.Model, ReadPairwise),
        new(["PriorPredictor"], ["PRIORPRD"], StageKind.Model, ReadNumber),
        new(["RandomPredictor"], ["RANDOMPR"], StageKind.Model, ReadNumber),
        new(["KMeansPredictor"], ["KMEANS"], StageKind.Model, ReadKMeans),
        new(["pcaAnomExec"], ["PCA ANOM"], StageKind.Model, ReadPca),
    ];

    private static void ReadNumber(ref StageReader reader)
    {
        reader.FloatSize();
        reader.Bytes("number", sizeof(float));
    }

    private static void ReadLinear(ref StageReader reader)
    {
        reader.FloatSize();
        reader.Bytes("bias", sizeof(float));
        var features = reader.Int32("features", 1, int.MaxValue);
        // Sparse weights are spread out for the first prediction.
        reader.Charge("features", (long)features * sizeof(float));
        var indices = reader.Int32("indices", 0, features - 1);
        reader.Items("indices", indices, sizeof(int));
        var weights = reader.Int32("weights", 0, features);
        if (weights != indices && (indices != 0 || weights != features))
            throw reader.CreateError("weights", $"{indices} or {features}", $"{weights}");
        reader.Items("weights", weights, sizeof(float));
    }

    private static void ReadBinary(ref StageReader reader)
    {
        const uint HasStatistics = 0x00020002;
        ReadLinear(ref reader);
        if (reader.Version >= HasStatistics)
            reader.OptionalModel("ModelStats", StageKind.Model);
        reader.OptionalModel("Calibrator", StageKind.Model);
    }

    private static int ReadStatistics(ref StageReader reader)
    {
        var parameters = reader.Int32("parameters", 1, int.MaxValue);
        reader.UInt64("rows");
        reader.Bytes("deviances", 2 * sizeof(float));
        return parameters;
    }

    private static void ReadLinearStatistics(ref StageReader reader)
    {
        var parameters = ReadStatistics(ref reader);
        if (reader.Version < Version2 && !reader.Flag("deviations"))
            return;
        reader.Items("deviations", parameters, sizeof(float));
        var length = reader.Int32("coefficients", parameters, int.MaxValue);
        reader.Charge("coefficients", (long)length * sizeof(float));
        if (length != parameters)
            reader.Items("indices", parameters, sizeof(int));
        reader.Bytes("bias", sizeof(float));
        var isDense = reader.Flag("dense");
        var weights = reader.Array("weights", sizeof(float));
        if (!isDense)
            reader.Items("indices", weights, sizeof(int));
    }

    private static void ReadMulticlass(ref StageReader reader)
    {
        const int Cost = 128;
        reader.FloatSize();
        var features = reader.Int32("features", 1, int.MaxValue);
        var classes = reader.Count("classes", sizeof(float), Cost, atLeast: 1);
        reader.Items("biases", classes, sizeof(float));
        var starts = reader.Int32("starts", 0, classes + 1);
        if (starts == 0)
        {
            reader.Int32("indices", 0, 0);
            reader.Int32("weights");
        }
        else
        {
            if (starts != classes + 1)
                throw reader.CreateError("starts", $"0 or {classes + 1}", $"{starts}");
            var indices = reader.Ascending("start", starts, 0, reader.Left);
            reader.Int32("indices", indices, indices);
            reader.Items("indices", indices, sizeof(int));
            reader.Int32("weights", indices, indices);
            reader.Items("weights", indices, sizeof(float));
        }

        // Sparse weights are spread out for the first prediction.
        if (starts == 0)
            reader.Items("weights", (long)classes * features, sizeof(float));
        else
            reader.Charge("features", (long)classes * features > int.MaxValue ? long.MaxValue : (long)classes * features * sizeof(float));
        reader.Entry("LabelNames");
        reader.OptionalModel("ModelStats", StageKind.Model);
    }

    private static void ReadNaiveBayes(ref StageReader reader)
    {
        reader.FloatSize();
        var number = reader.Version >= Version2 ? sizeof(long) : sizeof(int);
        var labels = reader.Count("labels", number, LoadBudget.Item);
        var seen = 0;
        for (var i = 0; i < labels; i++)
        {
            var rows = reader.Bytes("rows of a label", number);
            seen += rows.ContainsAnyExcept((byte)0) && (rows[^1] & 0x80) == 0 ? 1 : 0;
        }

        var features = reader.Int32("features", 0, int.MaxValue);
        reader.Items("histograms", (long)seen * features, number);
        reader.Charge("histograms", (long)seen * features * number);
        reader.Items("absent features", labels, sizeof(double));
    }

    private static void ReadLocalDeepSvm(ref StageReader reader)
    {
        const int MaxLeaves = 1 << 20;
        reader.FloatSize();
        var leaves = reader.Int32("leaves", 2, MaxLeaves);
        var features = reader.Int32("features", 1, int.MaxValue);
        reader.Bytes("sigma", sizeof(float));
        var vectors = (2L * leaves - 1) * 2 + leaves - 1;
        reader.Charge("vectors", vectors * LoadBudget.Item);
        if (vectors * features > int.MaxValue)
            throw reader.CreateError("features", $"at most {reader.Left} bytes of vectors", $"{features} in {vectors} vectors");
        reader.Items("vectors", vectors * features, sizeof(float));
        reader.Items("biases", vectors, sizeof(float));
    }

    private static void ReadOneVersusAll(ref StageReader reader)
    {
        reader.FloatSize();
        reader.Byte("formula");
        var classes = reader.Int32("classes", 1, reader.Parts);
        reader.Models("SubPredictor_", classes, StageKind.Model);
    }

    private static void ReadPairwise(ref StageReader reader)
    {
        reader.FloatSize();
        var classes = reader.Int32("classes", 1, reader.Parts);
        for (var i = 0; i < classes; i++)
        {
            reader.Models($"SubPredictor_{StageReader.Number(i)}_", i, StageKind.Model);
            reader.Model($"SubPredictor_{StageReader.Number(i)}", StageKind.Model);
        }
    }

    private static void ReadKMeans(ref StageReader reader)
    {
        reader.FloatSize();
        var clusters = reader.Int32("clusters", 1, reader.Left / sizeof(float));
        reader.Charge("clusters", (long)clusters * LoadBudget.Item);
        var dimensions = reader.Int32("dimensions", 1, int.MaxValue);
        for (var i = 0; i < clusters; i++)
        {
            var values = reader.Version >= Version2 ? reader.Int32("values", 0, dimensions) : dimensions;
            if (values < dimensions)
                reader.Items("indices", values, sizeof(int));
            reader.Items("values", values, sizeof(float));
        }
    }

    private static void ReadPca(ref StageReader reader)
    {
        reader.FloatSize();
        var dimension = reader.Int32("dimension", 1, int.MaxValue);
        var rank = reader.Int32("rank", 0, int.MaxValue);
        var isCentered = reader.Flag("center");
        if (isCentered)
            reader.Items("mean", dimension, sizeof(float));
        reader.Items("eigenvectors", (long)rank * dimension, sizeof(float));
        reader.Charge("eigenvectors", (long)rank * LoadBudget.Item);
    }
}
