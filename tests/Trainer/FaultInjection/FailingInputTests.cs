using FsCheck;
using FsCheck.Fluent;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>A scored view whose input fails at any row, and one that is not read to its end.</summary>
[TestClass]
[DoNotParallelize]
public sealed class FailingInputTests
{
    private const int Tokens = 3;

    private static Gen<Case> Cases =>
        from rows in Gen.Choose(1, 25)
        from bad in Gen.Choose(0, rows - 1)
        from moving in Gen.Elements(true, false)
        from batchSize in Gen.Choose(1, 7)
        from cursors in Gen.Choose(1, 3)
        select new Case(rows, bad, moving, batchSize, cursors);

    [TestMethod]
    public void Failing_input_gives_correct_rows_then_its_error_and_frees_everything_once()
    {
        var context = new MLContext(seed: 1);
        using var module = Trainers.Small(context).Fit(View(new Case(40, -1, false, 8, 1)));
        var expected = Scores(context, module);

        Property.Check(Cases, test =>
        {
            using var scorer = Scorer(context, module, test.BatchSize);
            var view = View(test);
            var scored = scorer.Transform(view);
            var (served, failures) = (new Dictionary<int, float>(), new List<string>());
            // Its network is made once, and stays.
            scorer.Scores(context, View(test with { Bad = -1 }));
            var left = MlNetNtd.Tests.Tensors.LeftBy(() =>
            {
                foreach (var cursor in scored.GetRowCursorSet(scored.Schema, test.Cursors))
                    Read(cursor, served, failures);
            });

            Assert.AreEqual(0, left);
            Assert.AreEqual($"The input broke at row {test.Bad}.", failures.Single());
            var group = Math.Min(test.Cursors, view.MaxCursors);
            CollectionAssert.AreEqual(
                Enumerable.Range(0, test.Rows).Where(row => row / view.BatchRows % group != test.Bad / view.BatchRows % group || row < test.Bad).ToArray(),
                served.Keys.Order().ToArray());
            foreach (var (row, score) in served)
                Assert.AreEqual(expected[row], score, 1e-4f, $"Row {row}.");
            Assert.AreEqual(view.Opened, view.Disposed);
        });
    }

    private static void Read(DataViewRowCursor cursor, Dictionary<int, float> served, List<string> failures)
    {
        using (cursor)
        {
            var getScore = cursor.GetGetter<float>(cursor.Schema["Score"]);
            var getNumber = cursor.GetGetter<int>(cursor.Schema["Number"]);
            try
            {
                while (cursor.MoveNext())
                {
                    var (score, number) = (0f, 0);
                    getNumber(ref number);
                    getScore(ref score);
                    served.Add(number, score);
                }
            }
            catch (IOException e)
            {
                failures.Add(e.Message);
            }
        }
    }

    private static float[] Scores(MLContext context, NextTokenDiscriminatorScorer scorer) =>
        [.. scorer.Scores(context, View(new Case(25, -1, false, 8, 1))).Select(score => score.Score)];

    private static NextTokenDiscriminatorScorer Scorer(MLContext context, NextTokenDiscriminatorScorer trained, int batchSize)
    {
        using var network = trained.CreateNetwork();
        return Trainers.Small(context, options => options.BatchSize = batchSize).CreateScorer(network);
    }

    private static TestView View(Case test) => new TestView(test.Rows) { MaxCursors = 3, BatchRows = 2, MoveNextFailsAt = test.Moving ? test.Bad : null }
        .Vector(NextTokenDiscriminatorTrainer.Defaults.FeatureColumnName, new VectorDataViewType(NumberDataViewType.Single, 2 * Tokens, Samples.Dimension), row =>
            !test.Moving && row == test.Bad
                ? throw new IOException($"The input broke at row {row}.")
                : Samples.Values(new Random((int)row), 2 * Tokens * Samples.Dimension))
        .Vector(NextTokenDiscriminatorTrainer.Defaults.MaskColumnName, new VectorDataViewType(BooleanDataViewType.Instance, 2 * Tokens, 2 * Tokens), _ => Mask)
        .Scalar("Label", BooleanDataViewType.Instance, row => row % 2 == 0)
        .Scalar("Number", NumberDataViewType.Int32, row => (int)row);

    private static readonly bool[] Mask = MakeMask();

    private static bool[] MakeMask()
    {
        var mask = new bool[NextTokenMask.Count(Tokens)];
        NextTokenMask.Fill(mask, Tokens, Tokens);
        return mask;
    }

    private sealed record Case(int Rows, int Bad, bool Moving, int BatchSize, int Cursors);
}
