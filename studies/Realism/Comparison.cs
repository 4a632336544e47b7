using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Studies.Realism;

/// <summary>Blocks that are compared by the realism report.</summary>
/// <param name="Name">What the synthetic blocks are.</param>
/// <param name="Real">The real blocks.</param>
/// <param name="Synthetic">The synthetic blocks.</param>
/// <param name="Faults">The faulty step of each synthetic window; null where there is none.</param>
internal sealed record Comparison(string Name, IReadOnlyList<Block> Real, IReadOnlyList<Block> Synthetic, IReadOnlyList<int>? Faults = null)
{
    // The numbers of synthetic blocks begin here.
    private const int SyntheticNumbers = 1_000_000;

    /// <summary>Evaluates the report with LightGbm on lags as its baseline.</summary>
    /// <param name="seed">Decides folds, permutations and trainings.</param>
    /// <param name="options">Further options; null: the defaults.</param>
    public RealismReport Evaluate(int seed, RealismOptions? options = null)
    {
        var context = new MLContext(seed);
        options ??= new RealismOptions();
        options.SamplingKeyColumnName = nameof(Row.Block);
        options.Seed = seed;
        options.Baseline = context.BinaryClassification.Trainers.LightGbm();
        return context.BinaryClassification.EvaluateRealism(ToView(context, Real, 0), ToView(context, Synthetic, SyntheticNumbers), options);
    }

    private static IDataView ToView(MLContext context, IReadOnlyList<Block> blocks, int firstNumber)
    {
        var steps = blocks[0].Windows[0];
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Sequence)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, steps.Length, steps[0].Length);
        return context.Data.LoadFromEnumerable(blocks.SelectMany(block => block.Windows.Select(window => new Row
        {
            Sequence = [.. window.SelectMany(values => values).Select(value => (float)value)],
            Block = firstNumber + block.Number,
        })), schema);
    }

    private sealed class Row
    {
        public float[] Sequence { get; set; } = [];

        public int Block { get; set; }
    }
}
