using System.Collections.Concurrent;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>
/// A handwritten input view that enforces the contract of cursors and counts what a consumer does: requested columns, reads, open
/// cursors.
/// </summary>
internal sealed class TestView : IDataView
{
    private readonly List<TestColumn> _columns = [];
    private readonly ConcurrentQueue<string[]> _asked = new();
    private DataViewSchema? _schema;
    private int _opened;
    private int _disposed;
    private int _moves;

    public TestView(long rows) => Rows = rows;

    public long Rows { get; }

    /// <summary>Rows of one batch: what a parallel cursor takes at a time.</summary>
    public int BatchRows { get; init; } = 4;

    /// <summary>The most cursors that a set has.</summary>
    public int MaxCursors { get; init; } = 1;

    /// <summary>The row at which MoveNext throws.</summary>
    public long? MoveNextFailsAt { get; init; }

    /// <summary>The column of which no getter can be made.</summary>
    public string? GetterFailsOf { get; init; }

    public bool CanShuffle => false;

    /// <summary>Cursors made.</summary>
    public int Opened => _opened;

    /// <summary>Cursors disposed, each as often as it was: once, if all is well.</summary>
    public int Disposed => _disposed;

    /// <summary>Rows that cursors moved to.</summary>
    public int Moves => _moves;

    /// <summary>The columns asked for, in order of index, by each cursor made.</summary>
    public IReadOnlyList<string[]> Asked => [.. _asked];

    public DataViewSchema Schema
    {
        get
        {
            if (_schema is null)
            {
                var builder = new DataViewSchema.Builder();
                foreach (var column in _columns)
                    builder.AddColumn(column.Name, column.Type, column.Annotations);
                _schema = builder.ToSchema();
            }

            return _schema;
        }
    }

    /// <summary>How often a column's value was read.</summary>
    public int Reads(string column) => _columns.Where(one => one.Name == column).Sum(one => one.Reads);

    /// <summary>Adds a column of single values.</summary>
    public TestView Scalar<T>(string name, DataViewType type, Func<long, T> value) =>
        Add(name, type, (long row, ref T destination) => destination = value(row));

    /// <summary>Adds a column of vectors, dense or with the default values left out.</summary>
    public TestView Vector<T>(string name, VectorDataViewType type, Func<long, T[]> values, bool sparse = false) =>
        Add(name, type, (long row, ref VBuffer<T> destination) => Vectors.Write(ref destination, values(row), sparse));

    /// <summary>Adds a column. A name given twice hides the column added before.</summary>
    public TestView Add<T>(string name, DataViewType type, TestColumn<T>.Filler fill)
    {
        _columns.Add(new TestColumn<T>(name, type, fill));
        _schema = null;
        return this;
    }

    /// <summary>Gives a column annotations.</summary>
    public TestView Annotate(string column, DataViewSchema.Annotations annotations)
    {
        _columns.Last(one => one.Name == column).Annotations = annotations;
        _schema = null;
        return this;
    }

    public long? GetRowCount() => Rows;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        Open(columnsNeeded, index: 0, count: 1);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        var columns = columnsNeeded.ToArray();
        var count = Math.Max(1, Math.Min(n, MaxCursors));
        return [.. Enumerable.Range(0, count).Select(index => Open(columns, index, count))];
    }

    internal TestColumn this[int index] => _columns[index];

    internal void CountMove() => Interlocked.Increment(ref _moves);

    internal void CountDispose() => Interlocked.Increment(ref _disposed);

    private TestCursor Open(IEnumerable<DataViewSchema.Column> columnsNeeded, int index, int count)
    {
        var active = new bool[_columns.Count];
        foreach (var column in columnsNeeded)
        {
            // A column of another schema is an error of the transform.
            Assert.AreEqual(_columns[column.Index].Name, column.Name);
            active[column.Index] = true;
        }

        _asked.Enqueue([.. _columns.Where((_, i) => active[i]).Select(column => column.Name)]);
        Interlocked.Increment(ref _opened);
        return new TestCursor(this, active, index, count);
    }
}

/// <summary>A column of a <see cref="TestView"/>, which counts its reads.</summary>
internal abstract class TestColumn(string name, DataViewType type)
{
    private int _reads;

    public string Name => name;

    public DataViewType Type => type;

    public DataViewSchema.Annotations? Annotations { get; set; }

    public int Reads => _reads;

    protected void CountRead() => Interlocked.Increment(ref _reads);
}

/// <inheritdoc/>
internal sealed class TestColumn<T>(string name, DataViewType type, TestColumn<T>.Filler fill) : TestColumn(name, type)
{
    public delegate void Filler(long row, ref T destination);

    public void Fill(long row, ref T destination)
    {
        CountRead();
        fill(row, ref destination);
    }
}
