using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Benchmarks;

/// <summary>
/// Rows in memory, a few of them served again and again, as many as are asked for: an input whose own cost is one copy
/// a value, and that takes the same memory for a thousand rows as for a million.
/// </summary>
internal sealed class SequenceView : IDataView
{
    /// <summary>Rows without end, for measurements that go on where the one before stopped.</summary>
    public const long Endless = long.MaxValue;

    /// <summary>Rows that one cursor of a set serves before it leaves the next ones to the others.</summary>
    public const int BatchRows = 64;

    // Enough memory that a row is not in the nearest cache when its turn comes again.
    private const int PoolBytes = 4 << 20;
    private const int LeastPoolRows = 16;
    private const int MostPoolRows = 4096;

    private readonly float[][] _previous;
    private readonly float[][] _current;

    /// <summary>Makes the rows.</summary>
    /// <param name="shape">T and C; T is the longest sequence where lengths vary.</param>
    /// <param name="rows">How many rows to serve, or <see cref="Endless"/>.</param>
    /// <param name="variableLength">Whether rows have 1 to T tokens each and the columns no size.</param>
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

        var pool = (int)Math.Min(rows, Math.Clamp(PoolBytes / (2L * shape.HalfValues * sizeof(float)), LeastPoolRows, MostPoolRows));
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

    /// <summary>The most cursors of a set.</summary>
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

    /// <summary>The rows as objects, for views that ML.NET makes of those.</summary>
    public IEnumerable<SequenceRow> Objects(int rows) => Enumerable.Range(0, rows).Select(row => new SequenceRow
    {
        PreviousEmbeddings = Values(row, 0),
        CurrentEmbeddings = Values(row, 1),
    });

    /// <summary>A row's values in one of the two columns.</summary>
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
