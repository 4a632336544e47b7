using FsCheck.Fluent;
using Microsoft.ML;
using MlNetNtd.Tests;

namespace MlNetNtd.Discriminator.Tests;

/// <summary>Each epoch has every row once, in an order that the seed decides.</summary>
[TestClass]
public sealed class RowOrderTests
{
    [TestMethod]
    public void Every_row_is_there_once_and_only_the_last_batch_may_be_smaller() => Properties.Hold(
        from rows in Gen.Choose(1, 300)
        from perStep in Gen.Choose(1, 20)
        from byLength in Gen.Elements(false, true)
        from seed in Gen.Choose(0, 1000)
        select (rows, perStep, byLength, seed),
        one =>
        {
            var (order, same) = (Order(one.rows, one.perStep, one.byLength, one.seed), Order(one.rows, one.perStep, one.byLength, one.seed));
            for (var epoch = 0; epoch < 3; epoch++)
            {
                var batches = order.Next();
                Assert.IsTrue(batches.SkipLast(1).All(batch => batch.Length == one.perStep));
                CollectionAssert.AreEquivalent(Enumerable.Range(0, one.rows).ToArray(), Numbers(batches));
                CollectionAssert.AreEqual(Numbers(batches), Numbers(same.Next()));
            }
        });

    [TestMethod]
    public void Epochs_differ_and_batches_of_one_length_too()
    {
        foreach (var byLength in new[] { false, true })
        {
            var order = Order(300, 8, byLength, seed: 1);
            var (first, second) = (order.Next(), order.Next());
            CollectionAssert.AreNotEqual(Numbers(first), Numbers(second));
            // Who meets whom is drawn anew, too.
            Assert.IsFalse(first.Select(Set).ToHashSet().SetEquals(second.Select(Set)));
        }

        static string Set(SequenceRow[] batch) => string.Join(' ', batch.Select(row => row.Number).Order());
    }

    [TestMethod]
    public void Rows_of_similar_length_leave_less_padding()
    {
        var (mixed, sorted) = (Order(600, 8, byLength: false, seed: 1).Next(), Order(600, 8, byLength: true, seed: 1).Next());

        Assert.IsLessThan(RowOrder.Padding(mixed) / 4, RowOrder.Padding(sorted));
        // Batches come in no order of length.
        int[] lengths = [.. sorted.Select(batch => batch[0].PaddedTokens)];
        CollectionAssert.AreNotEqual(lengths.Order().ToArray(), lengths);
    }

    [TestMethod]
    public void The_log_says_what_is_saved()
    {
        var context = new MLContext(seed: 1);
        var lines = new List<string>();
        context.Log += (_, e) => lines.Add(e.Message);

        Trainers.Small(context, options => options.BucketByLength = true)
            .Fit(Trainers.Staged(context, context.Data.LoadFromEnumerable(Samples.Free(60, TokenRow.Tokens)))).Dispose();

        Assert.HasCount(1, lines.FindAll(line => line.Contains("(BucketByLength)") && line.Contains("% padding in place of")));
    }

    private static int[] Numbers(SequenceRow[][] batches) => [.. batches.SelectMany(batch => batch).Select(row => (int)row.Number)];

    private static RowOrder Order(int rows, int perStep, bool byLength, int seed)
    {
        var random = new Random(1);
        return new RowOrder(
            Enumerable.Range(0, rows).Select(number =>
            {
                var tokens = 1 + random.Next(50);
                return new SequenceRow([], tokens, null, tokens, [true], Number: number);
            }),
            perStep, byLength, seed);
    }
}
