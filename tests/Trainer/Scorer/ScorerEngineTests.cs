using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>The engines of the scorer: which one computes, that both give the same scores, and what only one can do.</summary>
[TestClass]
public sealed class ScorerEngineTests
{
    private static readonly MLContext Ml = new(seed: 1);

    [TestMethod]
    [DataRow(1)]
    [DataRow(64)]
    public void Engines_give_the_same_scores(int batchSize)
    {
        using var managed = Trainers.Untrained(Ml, options => options.BatchSize = batchSize).WithEngine(EngineKind.Managed);
        using var torch = managed.WithEngine(EngineKind.Torch);
        var rows = Trainers.Transformed(Ml, Samples.View(Ml, 20));

        foreach (var (expected, actual) in torch.Scores(Ml, rows).Zip(managed.Scores(Ml, rows)))
        {
            Assert.AreEqual(expected.Score, actual.Score, 1e-5f);
            foreach (var (token, other) in expected.TokenScores.Zip(actual.TokenScores))
                Assert.AreEqual(token, other, 1e-5f);
        }
    }

    [TestMethod]
    public void Auto_is_managed_on_a_CPU_in_single_precision()
    {
        Assert.AreEqual(new ScoringEngine(EngineKind.Managed, null), ScoringEngine.Choose(Ml, EngineKind.Auto, ComputePrecision.Single));
        Assert.AreEqual(new ScoringEngine(EngineKind.Torch, null), ScoringEngine.Choose(Ml, EngineKind.Auto, ComputePrecision.BFloat16));
        Assert.AreEqual(new ScoringEngine(EngineKind.Torch, null), ScoringEngine.Choose(Ml, EngineKind.Torch, ComputePrecision.Single));
    }

    [TestMethod]
    public void Saved_scorer_has_engine_Auto_again()
    {
        using var scorer = Trainers.Untrained(Ml, _ => { }).WithEngine(EngineKind.Torch);
        var view = Trainers.Transformed(Ml, Samples.View(Ml, 2));
        using var zip = new MemoryStream();
        Ml.Model.Save(scorer, view.Schema, zip);
        zip.Position = 0;

        using var loaded = (NextTokenDiscriminatorScorer)Ml.Model.Load(zip, out _);

        Assert.AreEqual(EngineKind.Torch, scorer.Engine);
        Assert.AreEqual(EngineKind.Auto, loaded.Engine);
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Cursor_of_a_disposed_scorer_gives_no_more_scores(EngineKind engine)
    {
        var scorer = Trainers.Untrained(Ml, options => options.BatchSize = 1).WithEngine(engine);
        var scored = scorer.Transform(Trainers.Transformed(Ml, Samples.View(Ml, 4)));
        using var cursor = scored.GetRowCursor(scored.Schema);
        var getter = cursor.GetGetter<float>(scored.Schema["Score"]);
        var score = 0f;
        cursor.MoveNext();
        getter(ref score);

        scorer.Dispose();
        cursor.MoveNext();

        Assert.ThrowsExactly<ObjectDisposedException>(() => getter(ref score));
        Assert.ThrowsExactly<ObjectDisposedException>(() => scored.GetRowCursor(scored.Schema));
        Assert.ThrowsExactly<ObjectDisposedException>(() => scorer.WithEngine(engine));
    }

    [TestMethod]
    public void Engine_that_cannot_compute_is_an_error()
    {
        using var scorer = Trainers.Small(Ml, options => options.Precision = ComputePrecision.BFloat16).Fit(Trainers.Transformed(Ml, Samples.View(Ml, 8)));

        Expect.Error<ArgumentException>(
            () => scorer.WithEngine(EngineKind.Managed), "Engine: Managed computes in single precision, expected Precision = Single, found BFloat16");
        Expect.Error<ArgumentException>(() => scorer.WithEngine((EngineKind)7), "Engine: expected one of Auto, Managed, Torch, found 7");
    }

    /// <summary>Weights of a .safetensors file and the scorer of a model zip score without ML.NET as the pipeline does.</summary>
    [TestMethod]
    public void Model_scores_without_ML_NET_as_with_it()
    {
        var view = Samples.View(Ml, 30);
        float[] initial = [.. Enumerable.Range(0, Samples.Dimension).Select(i => i / 10f)];
        using var transformer = Ml.Transforms.NextTokenDiscriminator().Fit(view).WithInitialEmbedding(initial);
        using var scorer = Trainers.Small(Ml).Fit(transformer.Transform(view));
        TemporaryFile.Use(path =>
        {
            Ml.Model.Save(transformer.Append(scorer), view.Schema, path);
            var expected = scorer.Scores(Ml, transformer.Transform(view));
            var rows = Ml.Data.CreateEnumerable<TokenRow>(view, reuseRowObject: false).ToArray();

            var tokenScorer = TokenScorer.LoadModel(path);

            Assert.AreEqual(scorer.Config, tokenScorer.Config);
            for (var i = 0; i < rows.Length; i++)
            {
                var logits = new float[rows[i].CurrentEmbeddings.Length / Samples.Dimension];
                tokenScorer.Score(rows[i].PreviousEmbeddings, rows[i].CurrentEmbeddings, logits);
                foreach (var (token, other) in expected[i].TokenScores.Zip(logits))
                    Assert.AreEqual(token, other, 1e-5f);
            }
        });
    }

    [TestMethod]
    public void Model_without_exactly_one_scorer_is_named()
    {
        var view = Samples.View(Ml, 4);
        using var transformer = Ml.Transforms.NextTokenDiscriminator().Fit(view);
        TemporaryFile.Use(path =>
        {
            Ml.Model.Save(transformer, view.Schema, path);
            Expect.Error<FormatException>(
                () => TokenScorer.LoadModel(path), $"{path}: expected one scorer of BinaryClassification.Trainers.NextTokenDiscriminator, found 0.");
            File.WriteAllText(path, "no zip");
            Expect.Error<FormatException>(() => TokenScorer.LoadModel(path), $"{path}: expected a model zip, found another or a damaged file.");
        });
    }
}
