using System.Globalization;
using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>The text description of a scorer and its weights.</summary>
[TestClass]
public sealed class DescriptionTests
{
    [TestMethod]
    public void ToString_gives_the_sizes_in_every_culture()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = new() { NumberGroupSeparator = "_", NumberDecimalSeparator = ";" } };
            using var scorer = Trainers.Untrained(new MLContext(seed: 1));

            Assert.AreEqual(
                "NextTokenDiscriminatorScorer of column 'Combined': 1 layer, 4 heads, width 8, 761 weights, embeddings of dimension 8, at most 6 tokens", $"{scorer}");
            Assert.AreEqual("NextTokenDiscriminatorModelParameters: 1 layer, 4 heads, width 8, 761 weights, embeddings of dimension 8, at most 6 tokens", $"{scorer.Model}");
            Assert.Contains("  Weights: 761, 3.0 KiB", scorer.Describe());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [TestMethod]
    public void Description_has_columns_settings_and_every_weight_with_its_size()
    {
        var context = new MLContext(seed: 1);
        using var scorer = Trainers.Untrained(context, options =>
        {
            options.TokenCountColumnName = "Count";
            (options.BatchSize, options.BadRowPolicy, options.TokenProbabilities) = (5, BadRowPolicy.Skip, true);
        });

        var lines = scorer.Describe().Split(Environment.NewLine);

        CollectionAssert.IsSubsetOf(
            new[]
            {
                "NextTokenDiscriminatorScorer",
                "  Reads Combined: Vector<Single, 2T, 8>, T at most 6 (MaxTokens)",
                "  Reads Mask: the attention mask, (2T, 2T), where it does not say that it follows the next-token rule",
                "  Reads Count: T, Int32",
                "  Writes PredictedLabel, Score, Probability, TokenScores, TokenProbabilities",
                "  BatchSize 5, BadRowPolicy Skip, PadTokenScores True, Temperature 1",
                "  Network: 1 layer, 4 heads, width 8, feed-forward 16, dropout 0, computed in Single",
            },
            lines);
        foreach (var name in scorer.Model.Names)
            Assert.HasCount(1, lines.Where(line => line.TrimStart().StartsWith($"{name} ", StringComparison.Ordinal)).ToArray(), name);
        Assert.AreEqual(761, scorer.Model.Names.Sum(name => scorer.Model.Values(name).Length));
        Assert.EndsWith(string.Join(Environment.NewLine, scorer.Model.Describe().Split(Environment.NewLine)[1..]), scorer.Describe());
    }

    [TestMethod]
    public void Description_has_the_candidates_of_each_token_where_they_are_several()
    {
        using var one = Trainers.Untrained(new MLContext(seed: 1));
        using var several = one.WithCandidatesPerToken(4);

        var lines = several.Describe().Split(Environment.NewLine);

        CollectionAssert.IsSubsetOf(
            new[]
            {
                "  Reads Combined: Vector<Single, T + T * 4, 8>, T at most 6 (MaxTokens)",
                "  Reads Mask: the attention mask, (T + T * 4, T + T * 4), where it does not say that it follows the next-token rule",
                "  CandidatesPerToken 4, where the column does not say another number",
            },
            lines);
        Assert.DoesNotContain("CandidatesPerToken", one.Describe());
    }

    [TestMethod]
    public void Description_has_the_training_result_and_omits_unread_columns()
    {
        var context = new MLContext(seed: 1);
        using var scorer = Trainers.Fit(context, options => options.MaskColumnName = "");
        var best = scorer.History.Last(epoch => epoch.IsBest);

        var text = scorer.Describe();

        Assert.Contains($"  Trained for 2 epochs; the weights are of epoch {best.Epoch}: {best.Training} on the training rows", text);
        Assert.DoesNotContain("Mask", text);
        using var other = scorer.WithPadTokenScores(false);
        Assert.Contains("Trained for 2 epochs", other.Describe());
    }
}
