using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd;

/// <summary>Trains as one of several processes and writes the result into a file named after its rank.</summary>
internal static class DistributedRun
{
    private const int Tokens = 6;
    private const int Dimension = 4;
    private const int Rows = 64;

    /// <param name="processes">All of them.</param>
    /// <param name="arguments">
    /// FOLDER EPOCHS, then as it comes: steps=N in an epoch, checkpoint=FILE, dies=RANK at=STEP, fails=RANK.
    /// </param>
    public static void Run(MpiProcessGroup processes, string[] arguments)
    {
        var told = arguments.Skip(2).Select(argument => argument.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        var context = new MLContext(seed: 1);
        context.Log += (_, e) =>
        {
            if (e.Message.Contains("Training", StringComparison.Ordinal))
                Console.WriteLine(e.Message);
        };
        var random = new Random(1);
        var rows = context.Data.LoadFromEnumerable(Enumerable.Range(0, Rows).Select(i => Draw(random, i % 2 == 0)).ToArray());
        var front = context.Transforms.NextTokenDiscriminator(embeddingDimension: Dimension, maxTokens: Tokens);
        using var scorer = context.BinaryClassification.Trainers.NextTokenDiscriminator(new NextTokenDiscriminatorTrainer.Options
        {
            ModelDimension = 16,
            Layers = 1,
            Epochs = Number(arguments[1]),
            BatchSize = Rows / Number(told.GetValueOrDefault("steps", "1")),
            Dropout = 0,
            ValidationFraction = 0,
            LearningRate = told.GetValueOrDefault("fails") == $"{processes.Rank}" ? 1 : 1e-2,
            CheckpointPath = told.GetValueOrDefault("checkpoint"),
            CheckpointSteps = told.ContainsKey("checkpoint") ? 1 : 0,
            ProcessGroup = told.TryGetValue("dies", out var rank) && rank == $"{processes.Rank}" ? new Mortal(processes, Number(told["at"])) : processes,
        }).Fit(front.Fit(rows).Transform(rows));

        var weights = Path.Combine(arguments[0], $"{processes.Rank}.weights");
        scorer.SaveWeights(weights);
        File.WriteAllLines(
            Path.Combine(arguments[0], $"{processes.Rank}"),
            [
                .. scorer.History.Select(epoch => epoch.Training.Loss.ToString("R", CultureInfo.InvariantCulture)),
                Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(weights))),
            ]);
        File.Delete(weights);
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static Row Draw(Random random, bool label)
    {
        var row = new Row(label, Values(), Values());
        for (var t = 0; t < Tokens; t++)
            row.CurrentEmbeddings[t * Dimension] = label ? 0.3f : -0.3f;
        return row;

        float[] Values() => [.. Enumerable.Range(0, Tokens * Dimension).Select(_ => 2 * random.NextSingle() - 1)];
    }

    private sealed record Row(
        bool Label,
        [property: VectorType(Tokens, Dimension)] float[] PreviousEmbeddings,
        [property: VectorType(Tokens, Dimension)] float[] CurrentEmbeddings);

    /// <summary>Dies at a step, as by kill -9.</summary>
    private sealed class Mortal(IProcessGroup inner, int step) : IProcessGroup
    {
        private int _steps;

        public int Rank => inner.Rank;

        public int WorldSize => inner.WorldSize;

        public void AllReduceSum(Span<float> values)
        {
            if (++_steps == step)
                Process.GetCurrentProcess().Kill();
            inner.AllReduceSum(values);
        }

        public void Broadcast(Span<byte> values) => inner.Broadcast(values);

        public byte[][] AllGather(ReadOnlySpan<byte> mine) => inner.AllGather(mine);

        public void Abort(string reason) => inner.Abort(reason);
    }
}
