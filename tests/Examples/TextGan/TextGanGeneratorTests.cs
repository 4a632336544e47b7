using MlNetNtd.Examples.TextGan;
using static TorchSharp.torch;

namespace MlNetNtd.Examples.Tests;

[TestClass]
public sealed class TextGanGeneratorTests
{
    private static readonly GeneratorShape Shape = new(Words: 7, Dimension: 3, Hidden: 5);

    [TestMethod]
    public void What_it_says_of_a_token_does_not_depend_on_what_comes_later()
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
    public void A_seed_decides_the_weights_and_the_global_generator_is_left_as_it_is()
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
    public void Forward_a_candidate_is_a_word_and_backward_it_is_the_expected_embedding()
    {
        using var scope = NewDisposeScope();
        var table = tensor(Values(12), [4, 3]);
        var logits = tensor(Values(8), [1, 2, 4]).requires_grad_();
        var weights = tensor(Values(6).Reverse().ToArray(), [1, 2, 3]);
        var drawn = Candidates.Draw(logits.detach(), new Random(4));
        var candidates = Candidates.Embed(logits, table, new Random(4));
        candidates.mul(weights).sum().backward();

        var rows = Singles(table);
        float[] expected = [.. drawn.SelectMany(word => rows[(3 * word)..(3 * word + 3)])];
        AssertClose(expected, Singles(candidates));

        var soft = logits.detach().clone().requires_grad_();
        soft.softmax(-1).matmul(table).mul(weights).sum().backward();
        AssertClose(Singles(soft.grad!), Singles(logits.grad!));
        Assert.IsTrue(Singles(logits.grad!).Any(value => Math.Abs(value) > 1e-3));
    }

    [TestMethod]
    public void Words_are_drawn_as_often_as_their_shares_say()
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
    public void The_adversarial_loss_is_the_mean_softplus_of_minus_the_scores()
    {
        using var scope = NewDisposeScope();
        float[] scores = [-2, 0, 3];

        Assert.AreEqual(
            scores.Average(score => Math.Log(1 + Math.Exp(-score))), GeneratorLoss.Adversarial(tensor(scores, [1, 3])).item<float>(), 1e-5);
    }

    [TestMethod]
    public void The_teacher_forcing_loss_is_the_mean_negative_logarithm_of_the_true_words_share()
    {
        using var scope = NewDisposeScope();
        double[] shares = [0.5, 0.25, 0.25, 0.125, 0.125, 0.75];
        var logits = tensor(shares.Select(share => (float)Math.Log(share)).ToArray(), [1, 2, 3]);
        var words = tensor(new long[] { 1, 2 }, [1, 2]);

        Assert.AreEqual(-(Math.Log(0.25) + Math.Log(0.75)) / 2, GeneratorLoss.TeacherForcing(logits, words).item<float>(), 1e-5);
    }

    [TestMethod]
    public void Weights_survive_a_file_and_a_damaged_or_foreign_file_is_refused()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using var one = Network(1);
        using var other = Network(2);
        var path = folder.PathOf("generator.safetensors");
        GeneratorFile.Save(one, path);
        GeneratorFile.Load(other, path);
        var context = tensor(Values(6), [1, 2, 3]);
        CollectionAssert.AreEqual(Singles(one.forward(context)), Singles(other.forward(context)));

        using var larger = new GeneratorNetwork(Shape with { Hidden = 6 }, Values(21), 1);
        Assert.ThrowsExactly<FormatException>(() => GeneratorFile.Load(larger, path));
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^1]);
        Assert.ThrowsExactly<FormatException>(() => GeneratorFile.Load(other, path));
    }

    [TestMethod]
    public void Pretraining_learns_what_can_be_known_of_the_next_word()
    {
        using var folder = new TemporaryFolder();
        var preset = Preset.Default with { Tokens = 8, PretrainingEpochs = 12, PretrainingRate = 2e-2, BatchSize = 8 };
        using var bench = TextGanSamples.Bench(folder, TextGanSamples.Refrain, preset);
        var phase = new Pretraining(bench);
        var before = phase.HeldOutLoss();
        for (var epoch = 0; epoch < preset.PretrainingEpochs; epoch++)
            phase.Train(epoch, 0, () => true);

        // Each window is one refrain: in the end nothing is left to chance. Before, 9 words were about equally likely.
        Assert.IsGreaterThan(1.5, before);
        Assert.IsLessThan(0.3, phase.HeldOutLoss());
    }

    private static GeneratorNetwork Network(int seed = 1) => new(Shape, Values(Shape.Words * Shape.Dimension), seed);

    private static float[] Values(int count) => [.. Enumerable.Range(0, count).Select(i => (float)Math.Sin(1.7 * i + 0.3))];

    private static float[] Singles(Tensor tensor) => tensor.detach().contiguous().data<float>().ToArray();

    private static void AssertClose(float[] expected, float[] found)
    {
        Assert.HasCount(expected.Length, found);
        for (var i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], found[i], 1e-5);
    }
}
