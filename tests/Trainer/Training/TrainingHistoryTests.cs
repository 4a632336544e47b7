using System.Globalization;
using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>The history of a training as a table.</summary>
[TestClass]
public sealed class TrainingHistoryTests
{
    private static readonly EpochResult[] Epochs =
    [
        new(1, 3, new(0.5, 0.25, double.NaN), new(0.75, 1, 0.125) { AreaUnderRocCurveError = 0.001, CalibratedLoss = 0.625, Temperature = 1.5f }, 1234.5, IsBest: true),
        new(2, 3, new(0.1, 0.2, 0.3), null, 10, IsBest: true),
        new(3, 3, new(0.1, 0.2, 0.3), null, 10, IsBest: false),
    ];

    [TestMethod]
    public void History_is_written_as_a_header_and_one_line_per_epoch_in_every_culture()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = "," } };
            CollectionAssert.AreEqual(
                new[]
                {
                    "epoch,training_loss,training_accuracy,training_auc,training_auc_error,validation_loss,validation_accuracy,validation_auc,validation_auc_error,validation_calibrated_loss,validation_temperature,rows_per_second,is_best,is_kept",
                    "1,0.5,0.25,,0,0.75,1,0.125,0.001,0.625,1.5,1234.5,1,0",
                    "2,0.1,0.2,0.3,0,,,,,,,10,1,1",
                    "3,0.1,0.2,0.3,0,,,,,,,10,0,0",
                },
                Lines(Epochs));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [TestMethod]
    public void Epoch_line_is_also_logged()
    {
        Assert.AreEqual(
            "Epoch 1 of 3: loss 0.5000, accuracy 0.2500, AUC NaN; validation loss 0.7500 (0.6250 calibrated), accuracy 1.0000, AUC 0.1250 to 0.001; 1,234 rows/s; best so far",
            $"{Epochs[0] with { RowsPerSecond = 1234.4 }}");
        Assert.AreEqual("Epoch 3 of 3: loss 0.1000, accuracy 0.2000, AUC 0.3000; 10 rows/s", $"{Epochs[2]}");
    }

    [TestMethod]
    public void History_of_a_scorer_can_be_written()
    {
        using var scorer = Trainers.Fit(new MLContext(seed: 1));

        Assert.HasCount(1 + scorer.History.Length, Lines(scorer.History));
    }

    private static string[] Lines(IReadOnlyCollection<EpochResult> history)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        history.WriteCsv(writer);
        return writer.ToString().TrimEnd('\n').Split('\n');
    }
}
