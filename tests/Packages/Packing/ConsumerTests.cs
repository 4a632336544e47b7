using MlNetNtd.Tests;

namespace MlNetNtd.Packages.Tests;

/// <summary>Projects that reference the packages and nothing else.</summary>
[TestClass]
[FullRun]
public sealed class ConsumerTests
{
    // Trains, saves and scores; in another process loads and scores, with no name of ours in that part.
    private const string Trainer = """
        using Microsoft.ML;
        using Microsoft.ML.Data;
        using MlNetNtd;

        var random = new Random(1);
        var rows = Enumerable.Range(0, 64).Select(i => new Row
        {
            PreviousEmbeddings = Values(random, 0),
            CurrentEmbeddings = Values(random, i % 2 == 0 ? 1 : -1),
            Label = i % 2 == 0,
        }).ToArray();
        var mlContext = new MLContext(seed: 1);
        var data = mlContext.Data.LoadFromEnumerable(rows);
        if (args[0] == "train")
        {
            var pipeline = mlContext.Transforms.NextTokenDiscriminator(embeddingDimension: 2)
                .Append(mlContext.BinaryClassification.Trainers.NextTokenDiscriminator(
                    new NextTokenDiscriminatorTrainer.Options { LabelColumnName = "Label", Engine = Enum.Parse<EngineKind>(args[1]) }));
            try
            {
                mlContext.Model.Save(pipeline.Fit(data), data.Schema, "model.zip");
            }
            catch (InvalidOperationException e)
            {
                Console.WriteLine(e.Message);
                return;
            }
        }

        var model = mlContext.Model.Load("model.zip", out _);
        Console.WriteLine(string.Join(' ', model.Transform(data).GetColumn<float>("Score")));

        static float[] Values(Random random, float shift) => [.. Enumerable.Range(0, 6).Select(_ => random.NextSingle() + shift)];

        internal sealed class Row
        {
            [VectorType(3, 2)]
            public float[] PreviousEmbeddings { get; set; } = [];

            [VectorType(3, 2)]
            public float[] CurrentEmbeddings { get; set; } = [];

            public bool Label { get; set; }
        }
        """;

    // The transform alone: fitted, saved, loaded and run.
    private const string Transform = """
        using Microsoft.ML;
        using Microsoft.ML.Data;

        Row[] rows = [new([1, 2, 3, 4, 5, 6, 7, 8], [10, 20, 30, 40, 50, 60, 70, 80])];

        var mlContext = new MLContext(seed: 1);
        var data = mlContext.Data.LoadFromEnumerable(rows);
        var pipeline = mlContext.Transforms
            .NextTokenDiscriminator(embeddingDimension: 4, maxTokens: 128)
            .Append(mlContext.Transforms.CopyColumns("Features", "Combined"));
        var model = pipeline.Fit(data);
        mlContext.Model.Save(model, data.Schema, "model.zip");

        var reloaded = new MLContext().Model.Load("model.zip", out var schema); // no registration, in any process
        var combined = reloaded.Transform(data).GetColumn<float[]>("Features").First(); // 2T * 4 values
        Console.WriteLine(string.Join(" ", combined)); // 0 0 0 0 1 2 3 4 10 20 30 40 50 60 70 80

        internal sealed record Row(
            [property: VectorType(2, 4)] float[] PreviousEmbeddings,
            [property: VectorType(2, 4)] float[] CurrentEmbeddings);
        """;

    [TestMethod]
    public void Transform_alone_runs_in_a_new_console_project_without_native_libtorch()
    {
        using var consumer = new Consumer(Transform);

        Assert.AreEqual("0 0 0 0 1 2 3 4 10 20 30 40 50 60 70 80", consumer.Run());
        Assert.IsFalse(consumer.Output.Any(file => file.Contains("torch_cpu", StringComparison.Ordinal)));
        Assert.IsFalse(consumer.Output.Any(file => file.Contains("Cecil", StringComparison.Ordinal)), "Nothing of the build gets out.");
    }

    [TestMethod]
    public void Readme_sample_runs_in_a_new_console_project_without_native_libtorch()
    {
        using var consumer = new Consumer(Consumer.SampleOf("README.md"));

        Assert.IsGreaterThan(0, consumer.Run().Length);
        Assert.IsFalse(consumer.Output.Any(file => file.Contains("torch_cpu", StringComparison.Ordinal)));
        Assert.IsLessThan(60_000_000, consumer.DownloadSize);
    }

    [TestMethod]
    public void Pipeline_trained_without_libtorch_scores_the_same_in_another_process()
    {
        using var consumer = new Consumer(Trainer);

        var trained = consumer.Run("train", "Auto");
        var loaded = consumer.Run("load");

        Assert.HasCount(64, trained.Split(' '));
        Assert.AreEqual(trained, loaded);
        StringAssert.Contains(consumer.Run("train", "Torch"),
            $"Engine = Torch needs native libtorch, which could not be loaded. Add the package {BuildFacts.NativePackage.Id}");
        Assert.IsFalse(consumer.Output.Any(file => file.Contains("torch_cpu", StringComparison.Ordinal)), "It comes from no cache either.");
    }

    [TestMethod]
    public void Pipeline_trains_by_the_Torch_engine_with_the_package_that_its_error_names()
    {
        using var consumer = new Consumer(Trainer, "<OlderLibstdcxx>auto</OlderLibstdcxx>", BuildFacts.NativePackage);

        Assert.HasCount(64, consumer.Run("train", "Torch").Split(' '));
    }
}
