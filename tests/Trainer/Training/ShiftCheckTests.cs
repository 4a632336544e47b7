using FsCheck.Fluent;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MlNetNtd.Tests;

/// <summary>The transform shifts the sequences: columns that were shifted before are detected by rows with real labels.</summary>
[TestClass]
public sealed class ShiftCheckTests
{
    private const int Dimension = 3;

    [TestMethod]
    public void Shifted_previous_column_is_found_and_unshifted_one_is_not() => Property.Check(
        from tokens in Gen.Choose(3, 6)
        from padding in Gen.Choose(0, 3)
        from shift in Gen.Choose(-1, 2)
        from repeats in Gen.Elements(true, false)
        from seed in Gen.Choose(0, 1000)
        select (tokens, padding, shift, repeats, seed),
        one =>
        {
            var check = new ShiftCheck();
            var random = new Random(one.seed);
            for (var row = 0; row < 20; row++)
                check.Add(Row(random, one.tokens, one.padding, one.shift, one.repeats && row % 5 == 0, label: row % 2 == 0));

            var problem = check.FindProblem("Combined");
            if (one.shift is 0 or 2)
                Assert.IsNull(problem);
            else
                Assert.Contains(one.shift == 1 ? "the previous column moved by one token" : "runs one token ahead", problem!);
        });

    [TestMethod]
    [DataRow(3, 5, false, DisplayName = "no more than half")]
    [DataRow(4, 3, true)]
    public void Shift_of_more_than_half_of_the_true_rows_is_found(int moved, int others, bool told)
    {
        var check = new ShiftCheck();
        var random = new Random(1);
        for (var row = 0; row < moved + others; row++)
            check.Add(Row(random, 4, 0, shift: row < moved ? 1 : 0, repeats: false, label: true));

        Assert.AreEqual(told, check.FindProblem("Combined") is not null);
    }

    [TestMethod]
    public void Short_rows_and_unrelated_candidates_give_no_verdict()
    {
        var check = new ShiftCheck();
        var random = new Random(1);
        for (var row = 0; row < 20; row++)
        {
            check.Add(Row(random, 2, 0, shift: 1, repeats: false, label: true));
            check.Add(new SequenceRow(Samples.Values(random, 2 * 4 * Dimension), 4, null, 4, [true]));
        }

        Assert.IsNull(check.FindProblem("Combined"));
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(0)]
    public void Trainer_warns_once_of_a_shifted_column(int shift)
    {
        var context = new MLContext(seed: 1);
        var warnings = new List<string>();
        context.Log += (_, e) => { if (e.Kind == ChannelMessageKind.Warning) warnings.Add(e.Message); };
        var random = new Random(1);
        var rows = Enumerable.Range(0, 20).Select(i =>
        {
            var truth = Samples.Values(random, TokenRow.Tokens * TokenRow.Dimension);
            var moved = new float[truth.Length];
            truth.AsSpan(0, truth.Length - shift * TokenRow.Dimension).CopyTo(moved.AsSpan(shift * TokenRow.Dimension));
            return new TokenRow
            {
                PreviousEmbeddings = moved,
                CurrentEmbeddings = i % 2 == 0 ? truth : Samples.Values(random, truth.Length),
                Label = i % 2 == 0,
            };
        }).ToList();

        using var scorer = Trainers.Small(context).Fit(Trainers.Transformed(context, context.Data.LoadFromEnumerable(rows)));

        if (shift == 0)
            Assert.IsEmpty(warnings);
        else
            Assert.Contains("Column 'PreviousEmbeddings': expected previous embeddings unshifted, token i at position i as in the current ones, found 10 of 10 rows with true labels", warnings.Single());
    }

    // What the transform makes of a previous column that was moved by so many tokens.
    private static SequenceRow Row(Random random, int tokens, int padding, int shift, bool repeats, bool label)
    {
        var padded = tokens + padding;
        var truth = Enumerable.Range(-2, tokens + 4).ToDictionary(time => time, _ => Samples.Values(random, Dimension));
        if (repeats)
            truth = truth.ToDictionary(pair => pair.Key, _ => truth[0]);
        var values = new float[2 * padded * Dimension];
        for (var i = 0; i < tokens; i++)
        {
            if (i > 0)
                truth[i - 1 - shift].CopyTo(values, i * Dimension);
            (label ? truth[i] : Samples.Values(random, Dimension)).CopyTo(values, (padded + i) * Dimension);
        }

        return new SequenceRow(values, padded, null, tokens, [label]);
    }
}
