using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Benchmarks;

/// <summary>
/// A view of any number of rows that repeats a small pool of rows in memory. It copies each value once, and its memory does not depend
/// on the number of rows.
/// </summary>
internal sealed class SequenceView : IDataView
{
    /// <summary>An endless number of rows, for measurements that continue where the previous one stopped.</summary>
    public const long Endless = long.MaxValue;

    /// <summary>The number of consecutive rows that one cursor of a set serves.</summary>
    public const int BatchRows = 64;

    // Large enough that a row is no longer in the nearest cache when it is repeated.
    private const int PoolBytes = 4 << 20;
    private const int MinPoolRows = 16;
    private const int MaxPoolRows = 4096;

    private readonly float[][] _previous;
    private readonly float[][] _current;

    /// <summary>Creates the rows.</summary>
    /// <param name="shape">T and C; T is the length of the longest sequence if lengths vary.</param>
    /// <param name="rows">The number of rows, or <see cref="Endless"/>.</param>
    /// <param name="variableLength">Whether rows have 1 to T tokens and the columns have an unknown size.</param>
    public SequenceView(Shape shape, long rows = Endless, bool variableLength = false)
    {
        Rows = rows;
        var builder = new DataViewSchema.Builder();
        var type = variableLength
            ? new VectorDataViewType(NumberDataViewType.Single)
            : new VectorDataViewType(NumberDataViewType.Single, shape.Tokens, shape.Dimension);
        builder.AddColumn(NextTokenDiscriminatorEstimator.Defaults.PreviousColumnName, type);
        builder.AddColumn(NextTokenDiscriminatorEstimator.Defaults.CurrentColumnName, type);
        Schema = builder.ToSchema();

        var pool = (int)Math.Min(rows, Math.Clamp(PoolBytes / (2L * shape.HalfValues * sizeof(float)), MinPoolRows, MaxPoolRows));
        var random = new Random(pool);
        _previous = new float[pool][];
        _current = new float[pool][];
        for (var row = 0; row < pool; row++)
        {
            var tokens = variableLength ? random.Next(1, shape.Tokens + 1) : shape.Tokens;
            _previous[row] = Values(random, tokens * shape.Dimension);
            _current[row] = Values(random, tokens * shape.Dimension);
        }
    }

    public long Rows { get; }

    /// <summary>The largest number of cursors in a set.</summary>
    public int Cursors { get; init; } = 1;

    public DataViewSchema Schema { get; }

    public bool CanShuffle => false;

    public long? GetRowCount() => Rows;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        new SequenceCursor(this, columnsNeeded, index: 0, count: 1);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        var columns = columnsNeeded.ToArray();
        var count = Math.Clamp(n, 1, Cursors);
        return [.. Enumerable.Range(0, count).Select(index => new SequenceCursor(this, columns, index, count))];
    }

    /// <summary>Gets rows as objects, for ML.NET's own views.</summary>
    public IEnumerable<SequenceRow> Objects(int rows) => Enumerable.Range(0, rows).Select(row => new SequenceRow
    {
        PreviousEmbeddings = Values(row, 0),
        CurrentEmbeddings = Values(row, 1),
    });

    /// <summary>Gets a row's values in one of the two columns.</summary>
    internal float[] Values(long row, int column)
    {
        var pool = column == 0 ? _previous : _current;
        return pool[row % pool.Length];
    }

    private static float[] Values(Random random, int count)
    {
        var values = new float[count];
        for (var i = 0; i < count; i++)
            values[i] = 2 * random.NextSingle() - 1;
        return values;
    }
}
