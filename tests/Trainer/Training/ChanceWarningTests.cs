using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MlNetNtd.Tests;

/// <summary>A training whose validation rows show nothing learned says so.</summary>
[TestClass]
public sealed class ChanceWarningTests
{
    [TestMethod]
    public void Labels_by_chance_are_warned_of()
    {
        var warning = Warnings(byChance: true, validationRows: 60).Single();

        Assert.StartsWith("The validation rows show nothing learned: expected an AUC above 0.", warning);
        Assert.Contains(", 2 standard errors above chance, found 0.", warning);
        Assert.Contains("of 2. Try more rows", warning);
    }

    [TestMethod]
    [DataRow(false, 60, DisplayName = "labels that can be learned")]
    [DataRow(true, 4, DisplayName = "validation rows so few that no AUC could tell")]
    [DataRow(true, 0, DisplayName = "no validation rows")]
    public void Nothing_is_said_of(bool byChance, int validationRows) => Assert.IsEmpty(Warnings(byChance, validationRows));

    private static List<string> Warnings(bool byChance, int validationRows)
    {
        var context = new MLContext(seed: 1);
        var warnings = new List<string>();
        context.Log += (_, e) =>
        {
            if (e.Kind == ChannelMessageKind.Warning)
                warnings.Add(e.RawMessage);
        };
        var training = View(60, seed: 1);
        using var scorer = validationRows > 0 ? Trainers.Small(context).Fit(training, View(validationRows, seed: 2)) : Trainers.Small(context).Fit(training);
        return warnings;

        IDataView View(int count, int seed)
        {
            var rows = Samples.Fixed(count, seed);
            var random = new Random(seed);
            foreach (var row in byChance ? rows : [])
                row.Label = random.Next(2) == 0;
            return Trainers.Transformed(context, context.Data.LoadFromEnumerable(rows));
        }
    }
}
