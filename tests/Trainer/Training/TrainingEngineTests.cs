using Microsoft.ML;
using Options = MlNetNtd.NextTokenDiscriminatorTrainer.Options;

namespace MlNetNtd.Tests;

/// <summary>What computes a training: managed code where it can, with the results of TorchSharp but for rounding.</summary>
[TestClass]
public sealed class TrainingEngineTests
{
    [TestMethod]
    [DataRow(LossKind.Row, 0.0)]
    [DataRow(LossKind.Token, 0.3)]
    public void Engines_train_the_same_weights_but_for_rounding(LossKind lossKind, double dropout)
    {
        var (managed, torch) = (Fit(EngineKind.Managed), Fit(EngineKind.Torch));

        foreach (var (name, values) in torch.Weights)
        {
            for (var i = 0; i < values.Length; i++)
                Assert.AreEqual(values[i], managed.Weights[name][i], 1e-3, $"{name}, {i}");
        }

        for (var epoch = 0; epoch < torch.History.Count; epoch++)
        {
            Assert.AreEqual(torch.History[epoch].Training.Loss, managed.History[epoch].Training.Loss, 1e-4, $"epoch {epoch}");
            Assert.AreEqual(torch.History[epoch].Validation!.Loss, managed.History[epoch].Validation!.Loss, 1e-4, $"epoch {epoch}");
        }

        (Dictionary<string, float[]> Weights, IReadOnlyList<EpochResult> History) Fit(EngineKind engine)
        {
            var context = new MLContext(seed: 1);
            var view = Trainers.Transformed(context, context.Data.LoadFromEnumerable(Samples.Free(60, maxTokens: 7)));
            using var scorer = Trainers.Small(context, options =>
            {
                (options.Engine, options.LossKind, options.Dropout, options.Layers) = (engine, lossKind, dropout, 2);
                (options.BatchSize, options.GradientAccumulationSteps, options.ValidationFraction) = (4, 3, 0.2);
                (options.LearningRate, options.LearnInitialEmbedding) = (1e-3, true);
            }).Fit(view);
            Assert.AreEqual(engine, scorer.Engine);
            return (scorer.Weights(), scorer.History);
        }
    }

    [TestMethod]
    public void Auto_is_the_managed_engine_on_a_cpu()
    {
        var context = new MLContext(seed: 1);
        using var auto = Trainers.Fit(context);
        using var managed = Trainers.Fit(context, options => options.Engine = EngineKind.Managed);

        Expect.SameWeights(managed.Weights(), auto.Weights());
    }

    [TestMethod]
    public void Checkpoint_of_one_engine_goes_on_with_the_other() => TemporaryFolder.Use(folder =>
    {
        var context = new MLContext(seed: 1);
        var checkpoint = Path.Combine(folder, "checkpoint");
        using var torch = Trainers.Fit(context, options => options.Engine = EngineKind.Torch);
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Trainers.Small(
            context, options => (options.Engine, options.CheckpointPath) = (EngineKind.Torch, checkpoint), _ => stop.Cancel(), stop.Token)
            .Fit(Trainers.Transformed(context, Samples.View(context, 40))));

        using var resumed = Trainers.Fit(context, options => (options.Engine, options.CheckpointPath) = (EngineKind.Managed, checkpoint));

        foreach (var (name, values) in torch.Weights())
        {
            for (var i = 0; i < values.Length; i++)
                Assert.AreEqual(values[i], resumed.Weights()[name][i], 1e-3, $"{name}, {i}");
        }
    });

    [TestMethod]
    public void Managed_engine_refuses_other_masks_that_only_the_rows_show()
    {
        var context = new MLContext(seed: 1);
        var staged = Trainers.Transformed(context, Samples.View(context, 20));
        var trainer = Trainers.Small(context, options => options.Engine = EngineKind.Managed);

        // No annotation says that the masks follow the rule. In rows 3 and 7 the last candidate does not see the initial embedding.
        using var scorer = trainer.Fit(TransformedCopy.Of(staged, saysMask: false));
        var others = TransformedCopy.Of(staged, saysMask: false, (row, mask) => mask[^(int)Math.Sqrt(mask.Length)] |= row is 3 or 7);

        Expect.Error<InvalidOperationException>(
            () => trainer.Fit(others),
            "Column 'Mask': expected masks that follow the next-token rule, because Engine = Managed computes no other, found others in 2 of 20 rows. Use Engine = Auto or Torch.");
    }

    [TestMethod]
    public void Managed_engine_refuses_what_it_does_not_compute()
    {
        Expect.Error<ArgumentException>(() => Create(options => options.Precision = ComputePrecision.BFloat16), "Engine", "Precision = Single, found BFloat16");
        Expect.Error<ArgumentException>(() => Create(options => options.AttentionDropout = 0.5), "Engine", "AttentionDropout = 0, found 0.5");
        Expect.Error<ArgumentException>(() => Create(options => options.Engine = (EngineKind)7), "Engine", "Auto, Managed, Torch, found 7");

        static void Create(Action<Options> configure) => Trainers.Small(new MLContext(), options =>
        {
            options.Engine = EngineKind.Managed;
            configure(options);
        });
    }
}
