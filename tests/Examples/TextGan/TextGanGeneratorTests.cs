using MlNetNtd.Studies.TextGan;
using static TorchSharp.torch;

namespace MlNetNtd.Examples.Tests;

[TestClass]
public sealed class TextGanGeneratorTests
{
    private static readonly GeneratorShape Shape = new(Words: 7, Dimension: 3, Hidden: 5, Dropout: 0.5);

    [TestMethod]
    public void Prediction_of_a_token_does_not_depend_on_later_ones()
    {
        using var scope = NewDisposeScope();
        using var network = Network();
        using var quiet = no_grad();
        var context = tensor(Values(2 * 4 * 3), [2, 4, 3]);
        var before = network.forward(context);
        var changed = cat([context.narrow(1, 0, 2), context.narrow(1, 2, 2).mul(-3)], 1);
        var after = network.forward(changed);

        CollectionAssert.AreEqual(new long[] { 2, 4, 7 }, before.shape);
        CollectionAssert.AreEqual(Singles(before.narrow(1, 0, 2)), Singles(after.narrow(1, 0, 2)));
        CollectionAssert.AreNotEqual(Singles(before.narrow(1, 2, 1)), Singles(after.narrow(1, 2, 1)));
    }

    [TestMethod]
    public void Seed_decides_the_weights_and_the_global_generator_is_unchanged()
    {
        using var scope = NewDisposeScope();
        using var one = Network(1);
        using var again = Network(1);
        using var other = Network(2);
        var context = tensor(Values(6), [1, 2, 3]);

        CollectionAssert.AreEqual(Singles(one.forward(context)), Singles(again.forward(context)));
        CollectionAssert.AreNotEqual(Singles(one.forward(context)), Singles(other.forward(context)));

        manual_seed(3);
        var expected = Singles(rand(4));
        manual_seed(3);
        using var third = Network(3);
        CollectionAssert.AreEqual(expected, Singles(rand(4)));
    }

    [TestMethod]
    public void Word_by_word_predictions_equal_those_of_the_whole()
    {
        using var scope = NewDisposeScope();
        using var network = Network();
        using var quiet = no_grad();
        var context = tensor(Values(2 * 4 * 3), [2, 4, 3]);
        var whole = network.forward(context);
        Tensor? state = null;
        for (var i = 0; i < 4; i++)
        {
            (var logits, state) = network.Step(context.select(1, i), state);
            AssertClose(Singles(whole.select(1, i)), Singles(logits));
        }
    }

    [TestMethod]
    public void Dropout_applies_only_in_training_and_follows_the_seed()
    {
        using var scope = NewDisposeScope();
        using var network = Network();
        using var quiet = no_grad();
        var context = tensor(Values(2 * 4 * 3), [2, 4, 3]);
        var quietly = Singles(network.forward(context));

        network.train();
        network.SeedDropout(3);
        var one = Singles(network.forward(context));
        network.SeedDropout(3);
        CollectionAssert.AreEqual(one, Singles(network.forward(context)));
        network.SeedDropout(4);
        CollectionAssert.AreNotEqual(one, Singles(network.forward(context)));
        CollectionAssert.AreNotEqual(one, quietly);
        network.eval();
        CollectionAssert.AreEqual(quietly, Singles(network.forward(context)));
    }

    [TestMethod]
    public void Mean_gradient_of_the_adversarial_loss_is_that_of_the_expected_score()
    {
        using var scope = NewDisposeScope();
        const int draws = 20000;
        float[] scores = [1, -2, 0.5f, 3];
        var logits = tensor(Values(4), [1, 1, 4]).requires_grad_();
        long[] words = [.. Candidates.Draw(logits, new Random(1), draws).Select(draw => (long)draw[0])];
        var judged = tensor(words.Select(word => scores[word]).ToArray(), [1, 1, draws]);
        GeneratorLoss.Reinforce(logits, tensor(words, [1, 1, draws]), judged).backward();

        var exact = logits.detach().clone().requires_grad_();
        exact.softmax(-1).mul(tensor(scores)).sum().neg().backward();
        var (expected, found) = (Singles(exact.grad!), Singles(logits.grad!));
        for (var word = 0; word < 4; word++)
            Assert.AreEqual(expected[word], found[word], 0.03, $"word {word}");
        Assert.IsGreaterThan(0.2, expected.Max());
    }

    /// <summary>The gradient of KL(q | p) in the logits is p - q, and q is p exp(D), normalized.</summary>
    [TestMethod]
    public void Gradient_of_the_forward_KL_loss_of_many_draws_leads_to_p_exp_D()
    {
        using var scope = NewDisposeScope();
        const int draws = 20000;
        float[] scores = [1, -2, 0.5f, 3];
        var logits = tensor(Values(4), [1, 1, 4]).requires_grad_();
        long[] words = [.. Candidates.Draw(logits, new Random(1), draws).Select(draw => (long)draw[0])];
        var judged = tensor(words.Select(word => scores[word]).ToArray(), [1, 1, draws]);
        GeneratorLoss.Adversarial(GeneratorUpdate.ForwardKl, logits, tensor(words, [1, 1, draws]), judged).backward();

        var target = logits.detach().add(tensor(scores)).softmax(-1);
        var (expected, found) = (Singles(logits.detach().softmax(-1).sub(target)), Singles(logits.grad!));
        for (var word = 0; word < 4; word++)
            Assert.AreEqual(expected[word], found[word], 0.02, $"word {word}");
        Assert.IsGreaterThan(0.2, expected.Max());
    }

    [TestMethod]
    public void Both_updates_are_the_same_step_where_scores_are_near_0()
    {
        using var scope = NewDisposeScope();
        var words = tensor(new long[] { 0, 2, 3, 3 }, [1, 1, 4]);
        var scores = tensor(new[] { 1e-3f, -2e-3f, 0, 2e-3f }, [1, 1, 4]);
        var (reinforce, forward) = (Gradient(GeneratorUpdate.Reinforce), Gradient(GeneratorUpdate.ForwardKl));

        // The leave-one-out mean makes the advantage K / (K - 1) times the difference from the mean.
        for (var word = 0; word < 4; word++)
            Assert.AreEqual(reinforce[word] * 3 / 4, forward[word], 1e-5);

        float[] Gradient(GeneratorUpdate update)
        {
            var logits = tensor(Values(4), [1, 1, 4]).requires_grad_();
            GeneratorLoss.Adversarial(update, logits, words, scores).backward();
            return Singles(logits.grad!);
        }
    }

    [TestMethod]
    public void Words_are_drawn_by_their_probabilities()
    {
        using var scope = NewDisposeScope();
        const int count = 20000;
        double[] shares = [0.5, 0.3, 0.2];
        float[] logs = [.. Enumerable.Repeat(shares, count).SelectMany(each => each).Select(share => (float)Math.Log(share))];
        var drawn = Candidates.Draw(tensor(logs, [1, count, 3]), new Random(1));

        for (var word = 0; word < shares.Length; word++)
            Assert.AreEqual(shares[word], drawn.Count(id => id == word) / (double)count, 0.02);
    }

    [TestMethod]
    public void Teacher_forcing_loss_is_the_mean_negative_log_probability_of_the_real_words()
    {
        using var scope = NewDisposeScope();
        double[] shares = [0.5, 0.25, 0.25, 0.125, 0.125, 0.75];
        var logits = tensor(shares.Select(share => (float)Math.Log(share)).ToArray(), [1, 2, 3]);
        var words = tensor(new long[] { 1, 2 }, [1, 2]);

        Assert.AreEqual(-(Math.Log(0.25) + Math.Log(0.75)) / 2, GeneratorLoss.TeacherForcing(logits, words).item<float>(), 1e-5);
    }

    [TestMethod]
    public void Weights_can_be_copied_to_another_generator()
    {
        using var scope = NewDisposeScope();
        using var one = Network(1);
        using var other = Network(2);

        other.Weights = one.Weights;

        var context = tensor(Values(6), [1, 2, 3]);
        CollectionAssert.AreEqual(Singles(one.forward(context)), Singles(other.forward(context)));
    }

    [TestMethod]
    public void Pretraining_learns_the_next_word_distribution()
    {
        using var folder = new TemporaryFolder();
        var hyperparameters = Hyperparameters.Default with { Tokens = 8, PretrainingEpochs = 30, PretrainingRate = 1e-2, GeneratorDropout = 0.1, BatchSize = 8 };
        using var experiment = TextGanSamples.CreateExperiment(folder, TextGanSamples.Refrain, hyperparameters);
        var phase = new Pretraining(experiment);
        var before = NextWordMetrics.Evaluate(experiment).Loss;
        for (var epoch = 0; epoch < hyperparameters.PretrainingEpochs; epoch++)
            phase.Train(epoch, null, _ => true);

        // All is certain but where the refrain stands when a window begins. Before, the words were about equally likely.
        Assert.IsGreaterThan(1.5, before);
        Assert.IsLessThan(0.2 + Math.Log(8) / 8, NextWordMetrics.Evaluate(experiment).Loss);
    }

    private static IEnumerable<double> Shares => Enumerable.Repeat(1.0 / Shape.Words, Shape.Words);

    private static GeneratorNetwork Network(int seed = 1) => new(Shape, Shares, seed);

    private static float[] Values(int count) => [.. Enumerable.Range(0, count).Select(i => (float)Math.Sin(1.7 * i + 0.3))];

    private static float[] Singles(Tensor tensor) => tensor.detach().contiguous().data<float>().ToArray();

    private static void AssertClose(float[] expected, float[] found)
    {
        Assert.HasCount(expected.Length, found);
        for (var i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], found[i], 1e-5);
    }
}
