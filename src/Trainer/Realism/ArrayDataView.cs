using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>A column of an <see cref="ArrayDataView"/>.</summary>
/// <param name="Name">The name.</param>
/// <param name="Type">The type.</param>
internal abstract record ArrayColumn(string Name, DataViewType Type)
{
    /// <summary>Creates a getter of the value in the row that a function returns.</summary>
    public abstract Delegate CreateGetter(Func<int> row);
}

/// <summary>A column of an <see cref="ArrayDataView"/> with values of one type.</summary>
/// <param name="Name">The name.</param>
/// <param name="Type">The type.</param>
/// <param name="Get">Reads the value of a row.</param>
internal sealed record ArrayColumn<T>(string Name, DataViewType Type, ArrayColumn<T>.RowGetter Get) : ArrayColumn(Name, Type)
{
    /// <summary>Reads the value of a row.</summary>
    public delegate void RowGetter(int row, ref T value);

    public override Delegate CreateGetter(Func<int> row) => (ValueGetter<T>)((ref T value) => Get(row(), ref value));
}

/// <summary>A view of rows that are computed from their numbers.</summary>
internal sealed class ArrayDataView : IDataView
{
    private readonly IExceptionContext _context;
    private readonly int _rows;
    private readonly IReadOnlyList<ArrayColumn> _columns;

    /// <param name="context">Marks errors.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The columns.</param>
    public ArrayDataView(IExceptionContext context, int rows, params IReadOnlyList<ArrayColumn> columns)
    {
        (_context, _rows, _columns) = (context, rows, columns);
        var builder = new DataViewSchema.Builder();
        foreach (var column in columns)
            builder.AddColumn(column.Name, column.Type);
        Schema = builder.ToSchema();
    }

    public DataViewSchema Schema { get; }

    public bool CanShuffle => false;

    public long? GetRowCount() => _rows;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        new Cursor(this, new ActiveColumns(Schema, columnsNeeded));

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor(ArrayDataView view, ActiveColumns active) : DataViewRowCursor
    {
        private int _row = -1;

        public override DataViewSchema Schema => view.Schema;

        public override long Position => _row;

        public override long Batch => 0;

        public override bool MoveNext()
        {
            // Behind the last row there is no row, and MoveNext stays false.
            if (_row == -2 || ++_row < view._rows)
                return _row >= 0;
            _row = -2;
            return false;
        }

        public override bool IsColumnActive(DataViewSchema.Column column) => active[column.Index];

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new DataViewRowId((ulong)Row(), 0);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) =>
            !active[column.Index]
                ? throw view._context.InactiveColumn(column.Name)
                : view._columns[column.Index].CreateGetter(Row) as ValueGetter<TValue>
                    ?? throw view._context.WrongGetterType(column.Name, column.Type, typeof(TValue));

        private int Row() => _row >= 0 ? _row : throw view._context.NoRow();
    }
}
