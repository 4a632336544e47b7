using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>Second derivatives, as a custom gradient penalty needs them, are correct or refused.</summary>
[TestClass]
public sealed class SecondDerivativeTests
{
    private const int Dimension = 4;

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    public void Attention_of_short_rows_has_derivatives_of_every_order(int order)
    {
        using var scope = NewDisposeScope();
        const int tokens = 5;
        var random = new Random(1);
        var both = Tensors.Random(random, 2, 2 * tokens, 3, 2, 3);
        var (candidates, context) = (Tensors.Random(random, 2, tokens, 3, 2, 3), Tensors.Random(random, 2, tokens, 2, 2, 3));
        var weight = Tensors.Random(random, 2, 2 * tokens, 6);

        var written = Derive(new EagerAttention(Tensors.RuleMask(tokens), new SeededDropout(0, 0)));
        var found = Derive(new CpuAttention());

        for (var i = 0; i < written.Length; i++)
            Tensors.Close(written[i], found[i], 1e-4 * Math.Max(1, written[i].abs().max().item<float>()), $"input {i}");

        Tensor[] Derive(IAttentionKernel form)
        {
            var all = both.clone().requires_grad_();
            var (own, seen) = (candidates.clone().requires_grad_(), context.clone().requires_grad_());
            return
            [
                .. Repeat(form.AttendBoth(all).mul(weight).sum(), [all]),
                .. Repeat(form.AttendCandidates(own, seen).mul(weight.narrow(1, 0, tokens)).sum(), [own, seen]),
            ];
        }

        Tensor[] Repeat(Tensor value, Tensor[] inputs)
        {
            for (var i = 1; i < order; i++)
                value = autograd.grad([value], inputs, retain_graph: true, create_graph: true).Select(gradient => gradient.mul(gradient).sum()).Aggregate((a, b) => a.Add(b));
            return [.. autograd.grad([value], inputs)];
        }
    }

    /// <summary>R1 by autograd: the squared gradient of the logits by the sequences, derived by the weights. AttentionDropout leaves nothing out there: a control.</summary>
    [TestMethod]
    [DataRow(1, 1)]
    [DataRow(4, 2)]
    [DataRow(19, 2)]
    public void Custom_gradient_penalty_equals_that_of_eager_attention(int tokens, int layers)
    {
        using var scope = NewDisposeScope();
        var sequences = Tensors.Random(new Random(2), 2, 2 * tokens, Dimension);
        var (expected, found) = (Gradients(1e-9), Gradients(0));

        foreach (var (name, values) in expected)
            Tensors.Close(values, found[name], 1e-3 * Math.Max(1, values.abs().max().item<float>()), name);

        Dictionary<string, Tensor> Gradients(double attentionDropout)
        {
            using var network = Network(tokens, layers, attentionDropout);
            Penalty(network, sequences).backward();
            return network.named_parameters().Where(entry => entry.parameter.grad is not null).ToDictionary(entry => entry.name, entry => entry.parameter.grad!.clone());
        }
    }

    /// <summary>Libtorch's fused call has no second derivative, and says so. No answer is given that would be wrong.</summary>
    [TestMethod]
    [DataRow(4, true, ComputePrecision.Single)]
    [DataRow(4, false, ComputePrecision.BFloat16)]
    [DataRow(513, false, ComputePrecision.Single)]
    public void Fused_attention_refuses_a_second_derivative(int tokens, bool masked, ComputePrecision precision)
    {
        using var scope = NewDisposeScope();
        using var network = new DiscriminatorNetwork(
            new DiscriminatorConfig { EmbeddingDimension = Dimension, MaxTokens = tokens, ModelDimension = 4, Heads = 1, Layers = 1, Dropout = 0, Precision = precision }, seed: 1);
        var sequences = Tensors.Random(new Random(2), 1, 2 * tokens, Dimension);

        Expect.Error<Exception>(() => Penalty(network, sequences, masked ? Tensors.RuleMask(tokens) : null).backward(), "not implemented");
    }

    [TestMethod]
    public void Learner_step_lowers_a_custom_gradient_penalty()
    {
        var (expected, found) = (Train(1e-9), Train(0));

        foreach (var (one, other) in expected.Zip(found))
            Assert.AreEqual(one, other, 1e-3 * one);
        Assert.IsLessThan(found[0], found[^1]);

        // The norm of the gradients of each step: Adam makes much of the rounding of small ones.
        static double[] Train(double attentionDropout)
        {
            using var scope = NewDisposeScope();
            using var network = Network(4, 2, attentionDropout);
            using var learner = new DiscriminatorLearner(network, new DiscriminatorLearnerOptions { LearningRate = 1e-3, WarmupSteps = 0 });
            var sequences = Tensors.Random(new Random(2), 4, 8, Dimension);
            var labels = tensor(new float[] { 1, 0, 1, 0 });
            var norms = new double[3];
            for (var step = 0; step < norms.Length; step++)
            {
                learner.Step(() => DiscriminatorLoss.BinaryCrossEntropy(network.forward(sequences, null), labels).Add(Penalty(network, sequences).Mul(5)));
                norms[step] = learner.GradientNorm;
            }

            return norms;
        }
    }

    /// <summary>The second derivative of binary cross-entropy is p (1 - p), each by its weight in the mean.</summary>
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Loss_has_second_derivatives(bool weighted)
    {
        using var scope = NewDisposeScope();
        var logits = Tensors.Random(new Random(1), 2, 3).requires_grad_();
        var labels = tensor(new float[] { 1, 0, 1, 0, 1, 0 }, [2, 3]);
        var weights = weighted ? tensor(new float[] { 1, 3 }) : null;

        var slope = autograd.grad([DiscriminatorLoss.BinaryCrossEntropy(logits, labels, null, weights)], [logits], retain_graph: true, create_graph: true)[0];
        var found = autograd.grad([slope.sum()], [logits])[0];

        var p = logits.detach().sigmoid();
        var share = weighted ? tensor(new float[] { 1 / 12f, 3 / 12f }).unsqueeze(1) : tensor(1 / 6f);
        Tensors.Close(p.mul(ones_like(p).sub(p)).mul(share), found, 1e-6, "second derivative");
    }

    private static DiscriminatorNetwork Network(int tokens, int layers, double attentionDropout) => new(
        new DiscriminatorConfig
        {
            EmbeddingDimension = Dimension,
            MaxTokens = tokens,
            ModelDimension = 8,
            Heads = 2,
            Layers = layers,
            Dropout = 0,
            AttentionDropout = attentionDropout,
        },
        seed: 3);

    private static Tensor Penalty(DiscriminatorNetwork network, Tensor sequences, Tensor? mask = null)
    {
        var input = sequences.detach().clone().requires_grad_();
        return autograd.grad([network.forward(input, mask).sum()], [input], retain_graph: true, create_graph: true)[0].Square().sum();
    }
}
