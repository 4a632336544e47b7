using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>Rows scored on several threads get the scores that they get one by one.</summary>
[TestClass]
public sealed class ParallelScoringTests
{
    private const int Rows = 64;
    private const int Tokens = 9;
    private const int Dimension = 6;

    [TestMethod]
    [DataRow(0, false)]
    [DataRow(1, false)]
    [DataRow(2, false)]
    [DataRow(0, true)]
    public void Scores_equal_those_of_each_row_alone(int masks, bool inference)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        using var mode = inference_mode(inference);
        using var network = Network();
        var sequences = Tensors.Random(new Random(1), Rows, 2 * Tokens, Dimension);
        var one = Tensors.RuleMask(Tokens);
        var mask = masks == 0 ? null : masks == 1 ? one : one.expand(Rows, -1, -1);

        var together = network.forward(sequences, mask);

        for (var row = 0; row < Rows; row++)
            Tensors.Close(network.forward(sequences.narrow(0, row, 1), masks == 0 ? null : one), together.narrow(0, row, 1), 1e-5, $"row {row}");
    }

    /// <summary>One batch at a time has the threads; others do without, and have the same bits.</summary>
    [TestMethod]
    public void Concurrent_callers_get_correct_scores()
    {
        using var scope = NewDisposeScope();
        using var network = Network();
        var sequences = Tensors.Random(new Random(1), Rows, 2 * Tokens, Dimension);
        var expected = Score();

        Parallel.For(0, 100, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ => CollectionAssert.AreEqual(expected, Score()));

        float[] Score()
        {
            using var inner = NewDisposeScope();
            using var mode = inference_mode();
            return network.forward(sequences, null).data<float>().ToArray();
        }
    }

    private static DiscriminatorNetwork Network()
    {
        using var mode = inference_mode(false);
        var network = new DiscriminatorNetwork(new DiscriminatorConfig { EmbeddingDimension = Dimension, MaxTokens = Tokens }, seed: 1);
        network.eval();
        return network;
    }
}
