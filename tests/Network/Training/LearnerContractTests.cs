using TorchSharp;
using static MlNetNtd.Tests.AdversarialSamples;
using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>The requirements of a learner on its network and inputs, and custom losses.</summary>
[TestClass]
public sealed class LearnerContractTests
{
    [TestMethod]
    [DataRow("cast and back")]
    [DataRow("bfloat16")]
    [DataRow("disposed")]
    public void Network_moved_after_creation_is_refused(string change)
    {
        using var scope = NewDisposeScope();
        using var network = Network();
        using var learner = new DiscriminatorLearner(network);
        var (sequences, labels) = (Sequences(4, seed: 1), zeros(4));
        learner.Step(sequences, null, labels);
        var state = learner.GetState();

        Change(network, change);

        foreach (var act in new Action[]
        {
            () => learner.Step(sequences, null, labels),
            () => learner.Step(() => network.forward(sequences, null).mean()),
            () => learner.GetState(),
            () => learner.SetState(state),
        })
        {
            Expect.Error<InvalidOperationException>(act, "network", "moved", "learner");
        }

        static void Change(DiscriminatorNetwork network, string change)
        {
            if (change == "disposed")
                network.Dispose();
            else
                network.to(change == "bfloat16" ? ScalarType.BFloat16 : ScalarType.Float64);
            if (change == "cast and back")
                network.to(ScalarType.Float32);
        }
    }

    /// <summary>In half precision a step's change is mostly rounded away; values of double are no plain singles.</summary>
    [TestMethod]
    [DataRow(ScalarType.BFloat16)]
    [DataRow(ScalarType.Float64)]
    public void Weights_of_another_type_than_Single_are_refused(ScalarType type)
    {
        using var network = Network();
        network.to(type);

        Expect.Error<ArgumentException>(() => new DiscriminatorLearner(network).Dispose(), "network", "Float32", $"{type}", "Precision");
    }

    [TestMethod]
    public void Inputs_made_in_inference_mode_train_the_same()
    {
        CollectionAssert.AreEqual(Train(false), Train(true));

        static float[] Train(bool inference)
        {
            using var scope = NewDisposeScope();
            using var network = Network();
            using var learner = new DiscriminatorLearner(network, new DiscriminatorLearnerOptions { LearningRate = 0.01, WarmupSteps = 0 });
            Tensor sequences, labels, tokens, weights, mask;
            using (inference_mode(inference))
            {
                sequences = Sequences(4, seed: 1);
                mask = Tensors.RuleMask(Tokens);
                (labels, tokens, weights) = (Tensors.Random(new Random(2), 4, Tokens).abs(), ones(4, Tokens), ones(4));
            }

            learner.Step(sequences, mask, labels, tokens, weights);
            learner.Step(sequences, null, labels);
            learner.Step(() => DiscriminatorLoss.BinaryCrossEntropy(network.forward(sequences, null), labels, tokens, weights));
            return Weights(network)["head.weight"];
        }
    }

    /// <summary>It takes the gradients out of where the learner looks for them, as a backward pass that makes a graph of them does.</summary>
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Loss_that_replaces_gradients_trains_the_same(bool byGraph)
    {
        Expect.SameWeights(Train(null), Train(byGraph));

        static Dictionary<string, float[]> Train(bool? byGraph)
        {
            using var scope = NewDisposeScope();
            using var network = Network();
            using var learner = new DiscriminatorLearner(network, new DiscriminatorLearnerOptions { LearningRate = 0.01, WarmupSteps = 0 });
            var sequences = Sequences(4, seed: 1);
            learner.Step(() =>
            {
                if (byGraph == true)
                    network.forward(sequences, null).sum().Mul(0).backward(create_graph: true);
                else if (byGraph == false)
                    network.zero_grad();
                return network.forward(sequences, null).mean();
            });
            Assert.IsGreaterThan(0, learner.GradientNorm);
            return Weights(network);
        }
    }
}
