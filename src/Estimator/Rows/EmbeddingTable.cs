using System.Runtime.InteropServices;

namespace MlNetNtd;

/// <summary>A table of token embeddings: V rows, one per token id, of C finite values each.</summary>
/// <remarks>The table is immutable and thread-safe. Several views can share it.</remarks>
public sealed partial class EmbeddingTable
{
    private readonly float[] _values;

    private EmbeddingTable(float[] values, int dimension)
    {
        (_values, Dimension) = (values, dimension);
        if (FindNonFinite(values) is { } index)
            throw new ArgumentException($"Embedding table, row {index / dimension}: expected finite values, found {values[index]} in dimension {index % dimension}.", nameof(values));
    }

    /// <summary>Gets C, the dimension of one embedding.</summary>
    public int Dimension { get; }

    /// <summary>Gets V, the number of embeddings. Ids are 0 to V - 1.</summary>
    public int Count => _values.Length / Dimension;

    /// <summary>Gets the embedding of an id, C values.</summary>
    /// <param name="id">The id, 0 to V - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The id is out of range.</exception>
    public ReadOnlySpan<float> this[int id]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(id);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, Count);
            return _values.AsSpan(id * Dimension, Dimension);
        }
    }

    /// <summary>Creates a table by copying an array.</summary>
    /// <param name="values">The embeddings, (V, C).</param>
    /// <returns>The table.</returns>
    /// <exception cref="ArgumentException">The array is empty, or a value is not finite.</exception>
    public static EmbeddingTable FromArray(float[,] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Length == 0)
            throw new ArgumentException($"Embedding table: expected (V, C) values, found ({values.GetLength(0)}, {values.GetLength(1)}).", nameof(values));
        return new EmbeddingTable(MemoryMarshal.CreateSpan(ref values[0, 0], values.Length).ToArray(), values.GetLength(1));
    }

    /// <summary>Creates a table by copying row-major values.</summary>
    /// <param name="values">The embeddings, V * C values.</param>
    /// <param name="dimension">C.</param>
    /// <returns>The table.</returns>
    /// <exception cref="ArgumentException">
    /// There are no values, their number is not a multiple of C, or a value is not finite.
    /// </exception>
    public static EmbeddingTable FromArray(ReadOnlySpan<float> values, int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        if (values.Length == 0 || values.Length % dimension != 0)
            throw new ArgumentException($"Embedding table: expected a multiple of {dimension} (dimension) values, found {values.Length}.", nameof(values));
        return new EmbeddingTable(values.ToArray(), dimension);
    }

    /// <summary>Creates a table by copying one array per id.</summary>
    /// <param name="rows">The embeddings, V arrays of C values each.</param>
    /// <returns>The table.</returns>
    /// <exception cref="ArgumentException">There are no arrays, two differ in length, or a value is not finite.</exception>
    public static EmbeddingTable FromRows(IReadOnlyList<float[]> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return FromVectors([.. rows.Select(row => (ReadOnlyMemory<float>)row)], nameof(rows));
    }

    private static EmbeddingTable FromVectors(List<ReadOnlyMemory<float>> rows, string parameter)
    {
        var dimension = rows.Count == 0 ? 0 : rows[0].Length;
        if (dimension == 0)
            throw new ArgumentException($"Embedding table: expected rows of at least one value, found {(rows.Count == 0 ? "no row" : "an empty one")}.", parameter);
        if ((long)rows.Count * dimension > Array.MaxLength)
            throw new ArgumentException($"Embedding table: expected at most {Array.MaxLength} values, found {rows.Count} rows of {dimension}.", parameter);
        var values = new float[rows.Count * dimension];
        for (var id = 0; id < rows.Count; id++)
        {
            if (rows[id].Length != dimension)
                throw new ArgumentException($"Embedding table, row {id}: expected {dimension} values, as in row 0, found {rows[id].Length}.", parameter);
            rows[id].Span.CopyTo(values.AsSpan(id * dimension));
        }

        return new EmbeddingTable(values, dimension);
    }

    private static int? FindNonFinite(ReadOnlySpan<float> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
                return i;
        }

        return null;
    }
}
