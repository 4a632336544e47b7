using System.Globalization;
using Microsoft.ML;

namespace MlNetNtd.Benchmarks;

/// <summary>
/// The command <c>streaming</c>: runs <c>Fit</c> on rows that are created when they are read and are ten times larger than the cache, and
/// measures the process's resident memory during the first epoch.
/// </summary>
internal static class StreamingTable
{
    private const int Tokens = 64;
    private const int Dimension = 8;
    private const int Rows = 20_000_000 / Tokens;
    private const int BatchSize = 64;
    private const long CacheBytes = (long)Rows * 2 * Tokens * Dimension * sizeof(float) / 10;
    private const long ShuffleBytes = 32 << 20;

    /// <summary>Measures and prints.</summary>
    /// <returns>The printed text, in Markdown.</returns>
    public static string Run(TextWriter console)
    {
        var report = new Report(console);
        report.Line(Text(
            $"{Rows:N0} rows of {Tokens} tokens, C = {Dimension}, {10 * CacheBytes >> 20:N0} MiB, created while they are read and put through the transform; MaxCacheBytes {CacheBytes >> 20:N0} MiB, ShuffleBufferBytes {ShuffleBytes >> 20} MiB, a tenth of the rows for validation; one epoch of a small network (one layer, D = 16)."));
        report.Line();
        report.Line("| of the epoch's steps | rows a second | resident, MB |");
        report.Line("|---:|---:|---:|");

        var context = new MLContext(seed: 1);
        var input = context.Data.LoadFromEnumerable(CreateRows());
        var rows = context.Transforms.NextTokenDiscriminator(
            "Combined", "Mask", nameof(Row.Previous), nameof(Row.Current), Dimension, Tokens).Fit(input).Transform(input);
        var watcher = new Watcher(report);
        using var scorer = context.BinaryClassification.Trainers.NextTokenDiscriminator(
            new NextTokenDiscriminatorTrainer.Options
            {
                MaxTokens = Tokens,
                ModelDimension = 16,
                Heads = 2,
                Layers = 1,
                Epochs = 1,
                BatchSize = BatchSize,
                MaxCacheBytes = CacheBytes,
                ShuffleBufferBytes = ShuffleBytes,
                ProgressSeconds = 0.5,
            },
            progress: watcher).Fit(rows);
        var end = Resident();

        var epoch = scorer.History[0];
        report.Line(Text($"| end | {epoch.RowsPerSecond:N0} | {end:0} |"));
        report.Line();
        report.Line(Text($"{epoch}."));
        report.Line();
        report.Line(Text($"rows {Rows}; resident MB at 10% {watcher.AtTenth:0}, at the end {end:0}"));
        return report.ToString();
    }

    // Each enumeration gives the same rows. A real candidate repeats the token before it; a generated one is random.
    private static IEnumerable<Row> CreateRows()
    {
        var random = new Random(1);
        for (var i = 0; i < Rows; i++)
        {
            var row = new Row { Previous = new float[Tokens * Dimension], Current = new float[Tokens * Dimension], Label = i % 2 == 0 };
            foreach (var values in new[] { row.Previous, row.Current })
            {
                for (var j = 0; j < values.Length; j++)
                    values[j] = 2 * random.NextSingle() - 1;
            }

            if (row.Label)
                row.Previous.AsSpan(0, (Tokens - 1) * Dimension).CopyTo(row.Current.AsSpan(Dimension));
            yield return row;
        }
    }

    private static double Resident() => Environment.WorkingSet / 1e6;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>Writes a line after each tenth of the epoch, on the training thread.</summary>
    private sealed class Watcher(Report report) : IProgress<TrainingProgress>
    {
        private int _tenths;

        public double AtTenth { get; private set; }

        public void Report(TrainingProgress value)
        {
            var tenths = (int)(10L * value.Batch / value.Batches);
            if (tenths <= _tenths)
                return;
            _tenths = tenths;
            var resident = Resident();
            if (AtTenth == 0)
                AtTenth = resident;
            report.Line(Text($"| {10 * tenths}% | {value.RowsPerSecond:N0} | {resident:0} |"));
        }
    }

    private sealed class Row
    {
        public float[] Previous { get; set; } = [];

        public float[] Current { get; set; } = [];

        public bool Label { get; set; }
    }
}
