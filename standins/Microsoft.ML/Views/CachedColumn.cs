namespace Microsoft.ML.Data;

/// <summary>The values of one column in memory.</summary>
internal abstract class CachedColumn
{
    public static CachedColumn Create(DataViewRow row, DataViewSchema.Column column)
        => Generic.Call<CachedColumn>(column.Type.RawType, typeof(CachedColumn), nameof(CreateTyped), row, column);

    /// <summary>Keeps the value of the row that the source is at.</summary>
    public abstract void AddCurrent();

    private static CachedColumn<TValue> CreateTyped<TValue>(DataViewRow row, DataViewSchema.Column column)
        => new(row.GetGetter<TValue>(column));
}

internal sealed class CachedColumn<TValue> : CachedColumn
{
    private static readonly Copier<TValue> Copy = Copiers.For<TValue>();
    private readonly ValueGetter<TValue> _source;
    private readonly List<TValue> _values = [];

    public CachedColumn(ValueGetter<TValue> source) => _source = source;

    /// <summary>Each value gets a fresh variable, so that vectors do not share arrays.</summary>
    public override void AddCurrent()
    {
        TValue value = default;
        _source(ref value);
        _values.Add(value);
    }

    public void CopyTo(long row, ref TValue destination)
    {
        TValue value = _values[(int)row];
        Copy(in value, ref destination);
    }
}
