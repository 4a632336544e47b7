using Microsoft.ML;
using Options = MlNetNtd.NextTokenDiscriminatorTrainer.Options;

namespace MlNetNtd.Tests;

/// <summary>Distributed training where each process has a view of its own rows.</summary>
[TestClass]
public sealed class ShardedInputTests
{
    private const int Lanes = 8;

    /// <summary>Rows that are dealt to processes as they would be dealt to lanes make the same steps.</summary>
    [TestMethod]
    [DataRow(2)]
    [DataRow(4)]
    public void Losses_equal_those_of_one_process_with_all_rows(int processes)
    {
        var rows = Samples.Free(11 * Lanes, TokenRow.Tokens);
        using var alone = Fit(rows, null, _ => { });
        var together = Fit(
            processes, one => [.. rows.Where((_, place) => place % Lanes * processes / Lanes == one.Rank)], options => options.InputIsSharded = true);

        foreach (var scorer in together)
        {
            CollectionAssert.AreEqual(together[0].History.ToArray(), scorer.History.ToArray());
            foreach (var (expected, found) in alone.History.Zip(scorer.History, (expected, found) => (expected, found)))
                Assert.AreEqual(expected.Training.Loss, found.Training.Loss, 1e-5, $"{found}");
            scorer.Dispose();
        }
    }

    [TestMethod]
    [DataRow(false, false)]
    [DataRow(true, true)]
    public void Process_with_fewer_rows_waits_for_the_others(bool byLength, bool keepsNone)
    {
        var numbers = new[] { 7, 50, 23 };
        var scorers = Fit(3, one => Samples.Free(numbers[one.Rank], TokenRow.Tokens, seed: one.Rank), options =>
        {
            (options.InputIsSharded, options.BatchSize, options.BucketByLength) = (true, 12, byLength);
            (options.ValidationFraction, options.MaxCacheBytes) = (0.2, keepsNone ? 1 : null);
        });

        foreach (var scorer in scorers)
        {
            Expect.SameWeights(scorers[0].Weights(), scorer.Weights());
            CollectionAssert.AreEqual(scorers[0].History.ToArray(), scorer.History.ToArray());
        }

        Array.ForEach(scorers, scorer => scorer.Dispose());
    }

    [TestMethod]
    public void Indivisible_batch_is_refused() => InMemoryProcessGroup.Run(3, one =>
    {
        var error = Assert.ThrowsExactly<ArgumentException>(
            () => Trainers.Small(new MLContext(), options => (options.ProcessGroup, options.InputIsSharded) = (one, true)));
        foreach (var word in new[] { "InputIsSharded", "multiple of the 3 processes", "16" })
            Assert.Contains(word, error.Message);
        return true;
    });

    private static NextTokenDiscriminatorScorer[] Fit(int processes, Func<InMemoryProcessGroup, List<TrainingRow>> rows, Action<Options> configure) =>
        InMemoryProcessGroup.Run(processes, one => Fit(rows(one), one, configure));

    private static NextTokenDiscriminatorScorer Fit(List<TrainingRow> rows, IProcessGroup? workers, Action<Options> configure)
    {
        var context = new MLContext(seed: 1);
        return Trainers.Small(context, options =>
        {
            (options.BatchSize, options.Dropout, options.MaxTokens, options.ProcessGroup) = (Lanes, 0.2, TokenRow.Tokens, workers);
            configure(options);
        }).Fit(Trainers.Transformed(context, context.Data.LoadFromEnumerable(rows)));
    }
}
