namespace MlNetNtd;

/// <summary>The formats of transformers that hold a predictor and its training schema.</summary>
internal static class PredictionFormats
{
    private const string TrainSchema = "TrainSchema";

    public static readonly StageFormat[] All =
    [
        new(["BinaryPredXfer"], ["BIN PRED"], StageKind.Model, ReadThreshold),
        new(["AnomalyPredXfer"], ["ANOMPRED"], StageKind.Model, ReadThreshold),
        new(["MulticlassPredXfer"], ["MC  PRED"], StageKind.Model, ReadMulticlass),
        new(["RegressionPredXfer"], ["REG PRED"], StageKind.Model, ReadFeatures),
        new(["RankingPredXfer"], ["RANKPRED"], StageKind.Model, ReadFeatures),
        new(["ClusteringPredXfer"], ["CLUSPRED"], StageKind.Model, ReadFeatures),
        new(["FeatureContribution"], ["FCC TRAN"], StageKind.Transformer, ReadContributions),
        new(["PlattCalibratTransf"], ["CALTRANS"], StageKind.Model, ReadCalibrator),
        new(["NaiveCalibratTransf"], ["CALTRANS"], StageKind.Model, ReadCalibrator),
        new(["PavCalibratTransf"], ["CALTRANS"], StageKind.Model, ReadCalibrator),
    ];

    private static void ReadFeatures(ref StageReader reader)
    {
        reader.Model("Model", StageKind.Model);
        reader.Schema(TrainSchema, SchemaUse.WithoutRows);
        reader.NameOrNone("feature column");
    }

    private static void ReadThreshold(ref StageReader reader)
    {
        ReadFeatures(ref reader);
        reader.Bytes("threshold", sizeof(float));
        reader.Name("threshold's column");
    }

    private static void ReadMulticlass(ref StageReader reader)
    {
        const uint NamesColumns = 0x00010002;
        ReadFeatures(ref reader);
        reader.NameOrNone("label column");
        if (reader.Version < NamesColumns)
            return;
        reader.NameOrNone("score column");
        reader.NameOrNone("column of the predicted label");
    }

    private static void ReadContributions(ref StageReader reader)
    {
        reader.Pairs();
        reader.Model("Predictor", StageKind.Model);
        reader.Int32("top", 0, int.MaxValue);
        reader.Int32("bottom", 0, int.MaxValue);
        reader.Flag("normalize");
    }

    private static void ReadCalibrator(ref StageReader reader)
    {
        const uint NamesColumn = 0x00010002;
        reader.Model("Calibrator", StageKind.Model);
        if (reader.Version >= NamesColumn)
            reader.Name("score column");
    }
}
