using Microsoft.ML;
using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>The network computes in bfloat16 and learns in single precision.</summary>
[TestClass]
public sealed class PrecisionTests
{
    // Of the largest. bfloat16 has 8 bits: 0.4 % a value, and the errors of a network's operations add up.
    private const double LogitTolerance = 0.05;
    private const double GradientTolerance = 0.1;

    private static DiscriminatorConfig Shape => new() { EmbeddingDimension = 8, ModelDimension = 16, MaxTokens = 70, Dropout = 0 };

    [TestMethod]
    [DataRow(5, false)]
    [DataRow(5, true)]
    [DataRow(70, false)]
    public void Bfloat16_logits_and_gradients_are_close_to_those_in_single_precision(int tokens, bool masked)
    {
        using var scope = NewDisposeScope();
        var sequences = Tensors.Random(new Random(1), 3, 2 * tokens, 8);
        var expected = Run(ComputePrecision.Single);
        var found = Run(ComputePrecision.BFloat16);

        foreach (var (name, value) in expected)
        {
            Assert.AreEqual(ScalarType.Float32, found[name].dtype, name);
            Tensors.Close(value, found[name], (name == "logits" ? LogitTolerance : GradientTolerance) * Math.Max(1e-2, value.abs().max().item<float>()), name);
        }

        Dictionary<string, Tensor> Run(ComputePrecision precision)
        {
            using var network = new DiscriminatorNetwork(Shape with { Precision = precision }, seed: 1);
            var logits = network.forward(sequences, masked ? Tensors.RuleMask(tokens) : null);
            DiscriminatorLoss.BinaryCrossEntropy(logits, tensor(new[] { 1f, 0f, 1f })).backward();
            var all = network.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.grad!.clone());
            all.Add("logits", logits.detach());
            return all;
        }
    }

    [TestMethod]
    public void Bfloat16_logits_are_16_bit_values()
    {
        using var scope = NewDisposeScope();
        var sequences = Tensors.Random(new Random(1), 3, 10, 8);

        Assert.AreEqual(0f, Lost(ComputePrecision.BFloat16));
        Assert.AreNotEqual(0f, Lost(ComputePrecision.Single));

        // By rounding to 16 bits.
        float Lost(ComputePrecision precision)
        {
            using var network = new DiscriminatorNetwork(Shape with { Precision = precision }, seed: 1);
            var logits = network.forward(sequences, null);
            return logits.sub(logits.to(ScalarType.BFloat16).to(ScalarType.Float32)).abs().max().item<float>();
        }
    }

    [TestMethod]
    public void Inputs_are_cast_to_the_precision_and_logits_to_single()
    {
        using var scope = NewDisposeScope();
        var (single, half) = (new Autocast(ComputePrecision.Single), new Autocast(ComputePrecision.BFloat16));

        Assert.AreEqual((ScalarType.Float32, ScalarType.Float32), (single.ToCompute(zeros(1)).dtype, single.ToSingle(zeros(1)).dtype));
        Assert.AreEqual((ScalarType.BFloat16, ScalarType.Float32), (half.ToCompute(zeros(1)).dtype, half.ToSingle(half.ToCompute(zeros(1))).dtype));
    }

    [TestMethod]
    public void Weights_and_optimizer_stay_in_single_precision()
    {
        using var scope = NewDisposeScope();
        using var network = new DiscriminatorNetwork(Shape with { Precision = ComputePrecision.BFloat16 }, seed: 1);
        using var learner = new DiscriminatorLearner(network, new DiscriminatorLearnerOptions { LearningRate = 1e-6 });
        var before = network.ToStateDictionary()["head.weight"];

        learner.Step(Tensors.Random(new Random(1), 3, 10, 8), null, ones(3));

        // In bfloat16 such a step would be lost.
        foreach (var (was, now) in before.Zip(network.ToStateDictionary()["head.weight"]))
            Assert.AreEqual(1e-6, Math.Abs(now - was), 5e-7);
    }

    [TestMethod]
    public void Trainer_learns_in_bfloat16_and_the_model_keeps_the_precision()
    {
        var context = new MLContext(seed: 1);
        using var scorer = Trainers.Fit(context, options => (options.Precision, options.Epochs, options.ModelDimension) = (ComputePrecision.BFloat16, 10, 16));
        using var stream = new MemoryStream();
        context.Model.Save(scorer, null, stream);
        stream.Position = 0;
        var view = Trainers.Transformed(context, Samples.View(context, 20, seed: 2));

        using var loaded = (NextTokenDiscriminatorScorer)context.Model.Load(stream, out _);

        Assert.AreEqual(ComputePrecision.BFloat16, loaded.Config.Precision);
        Expect.Close(scorer.Scores(context, view), loaded.Scores(context, view));
        Assert.IsGreaterThan(0.9, scorer.History[^1].Training.AreaUnderRocCurve);
    }
}
