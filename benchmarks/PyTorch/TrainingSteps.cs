using System.Diagnostics;
using System.Text.Json;
using static TorchSharp.torch;

namespace MlNetNtd.Benchmarks;

/// <summary>
/// The discriminator's training step beside PyTorch's: writes a network, a batch and what came of it for train.py, which
/// does the same steps in PyTorch and compares.
/// </summary>
internal static class TrainingSteps
{
    private const int Rows = 32;
    private const int Tokens = 32;
    private const int Dimension = 32;
    private const int ComparedSteps = 20;
    private const int TimedSteps = 100;

    /// <summary>Runs 20 steps to be compared, then 100 to be timed.</summary>
    /// <param name="folder">Where the files go; made if it is not there.</param>
    public static void Run(string folder)
    {
        Directory.CreateDirectory(folder);
        using var scope = NewDisposeScope();
        using var network = new DiscriminatorNetwork(
            new() { EmbeddingDimension = Dimension, MaxTokens = Tokens, Heads = 4, Layers = 2, Dropout = 0 }, seed: 1);
        network.SaveWeights(Path.Combine(folder, "weights.safetensors"));

        var random = new Random(1);
        var sequences = Values(random, Rows * 2 * Tokens * Dimension, () => random.NextSingle() * 2 - 1);
        var labels = Values(random, Rows * Tokens, () => random.Next(2));
        var mask = new float[NextTokenMask.Count(Tokens)];
        NextTokenMask.FillAdditive(mask, Tokens, Tokens);
        Safetensors.Write(Path.Combine(folder, "batch.safetensors"), [
            new("sequences", StoredTensor.OfSingles([Rows, 2 * Tokens, Dimension], sequences)),
            new("labels", StoredTensor.OfSingles([Rows, Tokens], labels)),
            new("mask", StoredTensor.OfSingles([2 * Tokens, 2 * Tokens], mask)),
        ]);

        using var learner = new DiscriminatorLearner(network);
        var batch = (
            Sequences: tensor(sequences, [Rows, 2 * Tokens, Dimension]),
            Mask: tensor(mask, [2 * Tokens, 2 * Tokens]),
            Labels: tensor(labels, [Rows, Tokens]));
        var losses = Enumerable.Range(0, ComparedSteps).Select(_ => learner.Step(batch.Sequences, batch.Mask, batch.Labels)).ToArray();
        var milliseconds = Enumerable.Range(0, TimedSteps).Select(_ => Time(() => learner.Step(batch.Sequences, batch.Mask, batch.Labels))).Order().ToArray();

        File.WriteAllText(
            Path.Combine(folder, "torchsharp.json"),
            JsonSerializer.Serialize(new { losses, median_ms = milliseconds[TimedSteps / 2], fastest_ms = milliseconds[0] }));
        Console.WriteLine($"loss {losses[0]:g9} -> {losses[^1]:g9}; {milliseconds[TimedSteps / 2]:f2} ms a step (median), {milliseconds[0]:f2} ms at best");
    }

    private static float[] Values(Random random, int count, Func<float> draw) => [.. Enumerable.Range(0, count).Select(_ => draw())];

    private static double Time(Action step)
    {
        var start = Stopwatch.GetTimestamp();
        step();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
