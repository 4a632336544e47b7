using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>Many threads use one model, some of them while it is disposed.</summary>
[TestClass]
[DoNotParallelize]
public sealed class ConcurrentScoringTests
{
    private const int Engines = 64;

    // How long the engines predict; some rounds each where nothing is said.
    private const string SecondsVariable = "MLNETNTD_ENGINE_SECONDS";
    private const int Rounds = 3;

    [TestMethod]
    public void Sixty_four_prediction_engines_at_once_predict_what_one_does()
    {
        var context = new MLContext(seed: 1);
        using var model = context.Transforms.NextTokenDiscriminator().Append(Trainers.Small(context)).Fit(Samples.View(context, 40));
        var rows = Samples.Fixed(20, seed: 2);
        using var one = Engine(context, model);
        var expected = rows.ConvertAll(one.Predict);
        var seconds = double.Parse(Environment.GetEnvironmentVariable(SecondsVariable) ?? "0", CultureInfo.InvariantCulture);
        var predictions = 0L;

        var watch = Stopwatch.StartNew();
        var threads = Enumerable.Range(0, Engines).Select(number => Task.Factory.StartNew(() => Predict(number), TaskCreationOptions.LongRunning)).ToArray();
        Task.WaitAll(threads);

        Console.WriteLine($"{predictions} predictions by {Engines} engines in {watch.Elapsed}");
        Assert.IsGreaterThanOrEqualTo(Engines * Rounds * rows.Count, predictions);

        void Predict(int number)
        {
            using var engine = Engine(context, model);
            for (var round = 0; round < Rounds || watch.Elapsed.TotalSeconds < seconds; round++)
            {
                for (var i = 0; i < rows.Count; i++)
                {
                    // Each begins at another row.
                    var row = (i + number) % rows.Count;
                    var found = engine.Predict(rows[row]);
                    Assert.AreEqual(expected[row].Score, found.Score);
                    CollectionAssert.AreEqual(expected[row].TokenScores, found.TokenScores);
                    Interlocked.Increment(ref predictions);
                }
            }
        }
    }

    [TestMethod]
    public void Scorer_disposed_while_read_serves_correct_rows_and_refuses_the_rest()
    {
        const int readers = 4;
        var context = new MLContext(seed: 1);
        var view = Trainers.Transformed(context, Samples.View(context, 40));
        using var trained = Trainers.Fit(context);
        using var network = trained.CreateNetwork();
        var expected = trained.Scores(context, view);
        for (var round = 0; round < TestRun.Count(15, 4); round++)
        {
            var scorer = Trainers.Small(context, options => options.BatchSize = 4).CreateScorer(network);
            var scored = scorer.Transform(view);
            using var begun = new CountdownEvent(readers);
            var threads = Enumerable.Range(0, readers).Select(_ => Task.Factory.StartNew(() => Read(scored, begun), TaskCreationOptions.LongRunning)).ToArray();

            begun.Wait();
            Thread.SpinWait(round * 20_000);
            scorer.Dispose();
            Task.WaitAll(threads);
        }

        void Read(IDataView scored, CountdownEvent begun)
        {
            begun.Signal();
            try
            {
                // Until it is disposed.
                while (true)
                {
                    using var cursor = scored.GetRowCursor([scored.Schema["Score"]]);
                    var getter = cursor.GetGetter<float>(scored.Schema["Score"]);
                    for (var row = 0; cursor.MoveNext(); row++)
                    {
                        var score = float.NaN;
                        getter(ref score);
                        Assert.AreEqual(expected[row].Score, score, 1e-4f);
                    }
                }
            }
            catch (ObjectDisposedException e)
            {
                Assert.AreEqual(typeof(NextTokenDiscriminatorScorer).FullName, e.ObjectName);
            }
        }
    }

    // An engine that owned the model would free it for all others.
    private static PredictionEngine<TokenRow, Scores> Engine(MLContext context, ITransformer model) =>
        context.Model.CreatePredictionEngine<TokenRow, Scores>(model, new PredictionEngineOptions { OwnsTransformer = false });
}
