using System.Runtime.InteropServices;
using MlNetNtd.Studies.TextGan;
using static TorchSharp.torch;

namespace MlNetNtd.Studies.Resampling;

/// <summary>
/// A judge that reads: a gated recurrent unit over embeddings of the words, with a logit after each word, trained until windows that it was
/// not trained on are told no better.
/// </summary>
/// <param name="embeddings">The embedding of each word, learned from other text.</param>
/// <param name="seed">Decides initial weights, dropout and the order of windows.</param>
internal sealed class RecurrentJudge(MlNetNtd.EmbeddingTable embeddings, int seed)
{
    private const int Hidden = 64;
    private const double Dropout = 0.3;
    private const double Rate = 3e-3;
    private const int BatchSize = 64;
    private const int MaxEpochs = 48;
    private const int Patience = 6;

    // One window of this many decides when to stop.
    private const int ValidationPart = 5;

    /// <summary>Trains on real and written windows, and computes the AUC over the words of others.</summary>
    public double ComputeAuc(IReadOnlyList<int[]> real, IReadOnlyList<int[]> written, IEnumerable<int[]> realTest, IEnumerable<int[]> writtenTest)
    {
        var (training, validation) = (Select(part => part > 0), Select(part => part == 0));
        using var network = new GeneratorNetwork(new GeneratorShape(Words: 1, embeddings.Dimension, Hidden, Dropout), [0.5], seed);
        network.SeedDropout(seed);
        using var learner = new GeneratorLearner(network) { Rate = Rate };
        var (best, weights, bad, random) = (0.0, network.Weights, 0, new Random(seed));
        for (var epoch = 0; epoch < MaxEpochs && bad < Patience; epoch++)
        {
            random.Shuffle(training);
            foreach (var batch in training.Chunk(BatchSize))
                Step(network, learner, batch);
            var auc = ComputeAuc(network, validation);
            bad = auc > best ? 0 : bad + 1;
            if (bad == 0)
                (best, weights) = (auc, network.Weights);
        }

        network.Weights = weights;
        return ComputeAuc(network, [.. realTest.Select(window => (window, true)), .. writtenTest.Select(window => (window, false))]);

        (int[] Window, bool IsReal)[] Select(Func<int, bool> isChosen) =>
        [
            .. real.Where((_, i) => isChosen(i % ValidationPart)).Select(window => (window, true)),
            .. written.Where((_, i) => isChosen(i % ValidationPart)).Select(window => (window, false)),
        ];
    }

    private void Step(GeneratorNetwork network, GeneratorLearner learner, (int[] Window, bool IsReal)[] batch)
    {
        using var scope = NewDisposeScope();
        network.train();
        var labels = Aligned.Tensor([.. batch.SelectMany(one => one.Window.Select(_ => one.IsReal ? 1f : 0f))], batch.Length, batch[0].Window.Length);
        learner.Step(nn.functional.binary_cross_entropy_with_logits(network.forward(Embed(batch)).squeeze(2), labels));
    }

    private double ComputeAuc(GeneratorNetwork network, (int[] Window, bool IsReal)[] windows)
    {
        network.eval();
        using var noGrad = no_grad();
        var auc = new Auc();
        foreach (var batch in windows.Chunk(BatchSize))
        {
            using var scope = NewDisposeScope();
            var logits = MemoryMarshal.Cast<byte, float>(network.forward(Embed(batch)).contiguous().bytes);
            for (var i = 0; i < logits.Length; i++)
                auc.Add(logits[i], batch[i / batch[0].Window.Length].IsReal);
        }

        return auc.Compute();
    }

    private Tensor Embed((int[] Window, bool IsReal)[] batch)
    {
        var (tokens, dimension) = (batch[0].Window.Length, embeddings.Dimension);
        var values = new float[batch.Length * tokens * dimension];
        for (var i = 0; i < batch.Length * tokens; i++)
            embeddings[batch[i / tokens].Window[i % tokens]].CopyTo(values.AsSpan(i * dimension));
        return Aligned.Tensor(values, batch.Length, tokens, dimension);
    }
}
