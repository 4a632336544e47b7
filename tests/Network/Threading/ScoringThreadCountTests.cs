using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>Scores do not depend on the number of threads. No other test uses the threads at the same time.</summary>
[TestClass]
[DoNotParallelize]
public sealed class ScoringThreadCountTests
{
    private const int Tokens = 5;

    /// <summary>Of fewer rows than threads too, and while other work has the threads.</summary>
    [TestMethod]
    [DataRow(2, 2, 0)]
    [DataRow(3, 7, 0)]
    [DataRow(3, 7, 1)]
    [DataRow(3, 7, 2)]
    [DataRow(3, 2, 2)]
    public void Rows_divided_among_threads_keep_their_scores_and_masks(int threads, int rows, int masks)
    {
        using var scope = NewDisposeScope();
        using var network = new DiscriminatorNetwork(new DiscriminatorConfig { EmbeddingDimension = 4, ModelDimension = 4, MaxTokens = Tokens, Dropout = 0 }, seed: 1);
        network.eval();
        var random = new Random(1);
        var sequences = Tensors.Random(random, rows, 2 * Tokens, 4);
        // Each row's is another.
        var mask = masks switch
        {
            0 => null,
            1 => Tensors.Random(random, 2 * Tokens, 2 * Tokens),
            _ => Tensors.Random(random, rows, 2 * Tokens, 2 * Tokens),
        };

        var expected = Score(threads: 1);

        var divided = Score(threads);
        Expect.Close(expected, divided);
        var busy = Array.Empty<float>();
        ScoringThreadPool.Run(threads, 1, _ => busy = Score(threads));
        CollectionAssert.AreEqual(divided, busy, "To the last bit: what runs beside must not show.");

        float[] Score(int threads) => OnThreads(threads, () =>
        {
            using var quiet = no_grad();
            return network.forward(sequences, mask).data<float>().ToArray();
        });
    }

    /// <summary>T = 128 at D = 64 is small, T = 512 is not.</summary>
    [TestMethod]
    [DataRow(1, 16, 64, true)]
    [DataRow(1, 128, 64, true)]
    [DataRow(1, 512, 64, false)]
    [DataRow(16, 128, 64, false)]
    [DataRow(1, 128, 256, false)]
    public void Small_batch_runs_on_one_thread(int rows, int tokens, int width, bool expected)
    {
        using var scope = NewDisposeScope();
        using var network = new DiscriminatorNetwork(
            new DiscriminatorConfig { EmbeddingDimension = 1, ModelDimension = width, MaxTokens = tokens, Layers = 2, Dropout = 0 }, seed: 1);

        Assert.AreEqual(expected, network.RunsOnOneThread(zeros(1, 1, 1).expand(rows, 2 * tokens, 1)));
    }

    /// <summary>Whoever asks for a score, as a prediction engine does, has his number of threads afterwards. Scores are the same.</summary>
    [TestMethod]
    public void Small_batch_leaves_the_caller_thread_count_unchanged()
    {
        using var scope = NewDisposeScope();
        using var network = new DiscriminatorNetwork(new DiscriminatorConfig { EmbeddingDimension = 4, MaxTokens = Tokens, Dropout = 0 }, seed: 1);
        network.eval();
        var sequences = Tensors.Random(new Random(1), 1, 2 * Tokens, 4);

        var alone = OnThreads(1, Score);
        var (scores, threads) = OnThreads(3, () => (Score(), get_num_threads()));

        CollectionAssert.AreEqual(alone, scores);
        Assert.AreEqual(3, threads);

        float[] Score()
        {
            using var quiet = no_grad();
            return network.forward(sequences, null).data<float>().ToArray();
        }
    }

    /// <summary>Large enough that attention in managed code is divided among threads: forwards and back.</summary>
    [TestMethod]
    public void Rows_on_several_threads_attend_as_on_one()
    {
        using var scope = NewDisposeScope();
        const int tokens = 128;
        var both = Tensors.Random(new Random(1), 4, 2 * tokens, 3, 2, 4);
        var weight = Tensors.Random(new Random(2), 4, 2 * tokens, 8);

        var alone = Enumerable.Range(0, 4).Select(row => Attend(1, both.narrow(0, row, 1), weight.narrow(0, row, 1))).ToArray();
        var (output, gradient) = Attend(3, both, weight);

        Expect.Close([.. alone.SelectMany(row => row.Output)], output);
        Expect.Close([.. alone.SelectMany(row => row.Gradient)], gradient);

        static (float[] Output, float[] Gradient) Attend(int threads, Tensor rows, Tensor weight) => OnThreads(threads, () =>
        {
            var input = rows.detach().clone().requires_grad_();
            var found = new CpuAttention().AttendBoth(input);
            found.mul(weight).sum().backward();
            return (found.detach().data<float>().ToArray(), input.grad!.data<float>().ToArray());
        });
    }

    // On a thread for which libtorch has as many: nobody else's number changes.
    private static T OnThreads<T>(int threads, Func<T> act)
    {
        using var workers = new TorchThreadPool(1, threads);
        T? result = default;
        workers.Run(1, _ =>
        {
            using var scope = NewDisposeScope();
            Assert.AreEqual(threads, get_num_threads());
            result = act();
        });
        return result!;
    }
}
