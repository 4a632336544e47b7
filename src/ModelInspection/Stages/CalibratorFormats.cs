namespace MlNetNtd;

/// <summary>The formats of calibrators and of calibrated predictors.</summary>
internal static class CalibratorFormats
{
    public static readonly StageFormat[] All =
    [
        new(["PlattCaliExec"], ["PLATTCAL"], StageKind.Model, (ref StageReader reader) => reader.Bytes("slope and offset", 2 * sizeof(double))),
        new(["NaiveCaliExec"], ["NAIVECAL"], StageKind.Model, ReadNaive),
        new(["PAVCaliExec"], ["PAV  CAL"], StageKind.Model, ReadIsotonic),
        new(["CaliPredExec", "BulkCaliPredExec"], ["CALIPRED", "BCALPRED"], StageKind.Model, ReadCalibrated),
        new(["FeatWCaliPredExec"], ["FTWTCALP"], StageKind.Model, ReadCalibrated),
        new(["PMixCaliPredExec"], ["PMIXCALP"], StageKind.Model, ReadCalibrated),
        new(["SchemaBindableCalibrated"], ["BINDCALI"], StageKind.Model, ReadCalibrated),
    ];

    private static void ReadCalibrated(ref StageReader reader)
    {
        reader.Model("Predictor", StageKind.Model);
        reader.Model("Calibrator", StageKind.Model);
    }

    private static void ReadNaive(ref StageReader reader)
    {
        reader.FloatSize();
        reader.Bytes("size of a bin and smallest", 2 * sizeof(float));
        reader.Array("bins", sizeof(float), atLeast: 1);
    }

    private static void ReadIsotonic(ref StageReader reader)
    {
        const int PieceBytes = 3 * sizeof(float);
        reader.FloatSize();
        // ML.NET reads lists and copies them to immutable arrays.
        var pieces = reader.Count("pieces", PieceBytes, PieceBytes);
        reader.Items("pieces", pieces, PieceBytes);
    }
}
