using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>One sequence in memory.</summary>
/// <param name="Values">T steps of C values, row-major.</param>
/// <param name="IsReal">Whether it is from the real view.</param>
/// <param name="Row">Its position in its view.</param>
/// <param name="Key">Its sampling key; without such a column, a number of its own.</param>
internal sealed record RealismSequence(float[] Values, bool IsReal, long Row, long Key);

/// <summary>Reads and checks the sequences of both views.</summary>
internal static class RealismSequences
{
    private const string Role = "sequence";

    /// <summary>Reads the sequences: the real ones, then the synthetic ones.</summary>
    /// <returns>The sequences, and C.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of the wrong type, or the two views differ in it.</exception>
    /// <exception cref="InvalidRowException">A sequence has no steps, part of a step, or a value that is not finite.</exception>
    public static (IReadOnlyList<RealismSequence> Sequences, int Dimension) Read(
        IExceptionContext context, IDataView real, IDataView synthetic, RealismOptions options)
    {
        var dimension = FindDimension(context, real, options, "real");
        var other = FindDimension(context, synthetic, options, "synthetic");
        if (dimension != other)
        {
            throw context.SchemaMismatch(
                $"synthetic {Role}", options.SequenceColumnName, $"steps of {dimension} values, as in the real data", $"{synthetic.Schema[options.SequenceColumnName].Type}");
        }

        var sequences = new List<RealismSequence>();
        ReadView(context, real, options, dimension, isReal: true, sequences);
        ReadView(context, synthetic, options, dimension, isReal: false, sequences);
        return (sequences, dimension);
    }

    private static int FindDimension(IExceptionContext context, IDataView view, RealismOptions options, string name)
    {
        var column = EmbeddingColumn.Find(context, view.Schema, options.SequenceColumnName, $"{name} {Role}");
        var given = UnsetValue.ToNull(options.EmbeddingDimension);
        var dimension = given ?? column.Dimension ?? throw context.SchemaMismatch(
            column.Role, column.Column.Name, "Vector<Single, T, C>", column.Column.Type, "Its type does not say C: set EmbeddingDimension.");
        // Checks that C agrees with the type.
        column.CountTokens(context, dimension, null);
        if (UnsetValue.ToNull(options.SamplingKeyColumnName) is not { } key)
            return dimension;
        if (view.Schema.GetColumnOrNull(key) is not { } found)
            throw context.MissingColumn($"{name} {BoundInputColumns.SamplingKeyRole}", key);
        return SamplingKey.IsKey(found.Type)
            ? dimension
            : throw context.SchemaMismatch(BoundInputColumns.SamplingKeyRole, key, ColumnRequirements.SamplingKey, found.Type);
    }

    private static void ReadView(
        IExceptionContext context, IDataView view, RealismOptions options, int dimension, bool isReal, List<RealismSequence> sequences)
    {
        var column = view.Schema[options.SequenceColumnName];
        DataViewSchema.Column? keyColumn = UnsetValue.ToNull(options.SamplingKeyColumnName) is { } name ? view.Schema[name] : null;
        using var cursor = view.GetRowCursor(keyColumn is { } needed ? [column, needed] : [column]);
        var getter = cursor.GetGetter<VBuffer<float>>(cursor.Schema[column.Index]);
        var readKey = keyColumn is { } found ? SamplingKey.CreateReader(context, cursor, found) : null;
        var buffer = default(VBuffer<float>);
        while (cursor.MoveNext())
        {
            getter(ref buffer);
            var values = buffer.DenseValues().ToArray();
            Check(context, column.Name, cursor.Position, dimension, isReal, values);
            sequences.Add(new RealismSequence(values, isReal, cursor.Position, readKey?.Invoke() ?? sequences.Count));
        }
    }

    private static void Check(IExceptionContext context, string column, long row, int dimension, bool isReal, float[] values)
    {
        var view = isReal ? "real data" : "synthetic data";
        if (values.Length == 0 || values.Length % dimension != 0)
            throw context.Row(column, row, $"steps of {dimension} values, at least one ({view})", $"{values.Length} values");
        if (values.Length / dimension > NextTokenMask.MaxTokens)
            throw context.Row(column, row, $"at most {NextTokenMask.MaxTokens} steps ({view})", $"{values.Length / dimension}");
        if (Array.FindIndex(values, value => !float.IsFinite(value)) is >= 0 and var index)
            throw context.Row(column, row, $"finite values ({view})", FormattableString.Invariant($"{values[index]} in step {index / dimension}, dimension {index % dimension}"));
    }
}
