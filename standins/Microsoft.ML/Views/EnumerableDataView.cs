using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>A view over a sequence of row objects, enumerated anew by each cursor.</summary>
internal sealed class EnumerableDataView<TRow> : IDataView
    where TRow : class
{
    private readonly IHost _host;
    private readonly IEnumerable<TRow> _rows;
    private readonly RowMember[] _members;
    private readonly Delegate[] _accessors;

    public EnumerableDataView(IHostEnvironment env, IEnumerable<TRow> rows, SchemaDefinition definition)
    {
        _host = env.Register("StreamingDataView");
        _rows = rows;
        _members = RowMember.AllOf(typeof(TRow), definition);
        _accessors = [.. _members.Select(ObjectReader.Accessor<TRow>)];
        Schema = ObjectRows.SchemaOf(_members);
    }

    public bool CanShuffle => false;

    public DataViewSchema Schema { get; }

    public long? GetRowCount() => (_rows as ICollection<TRow>)?.Count;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
        => new ObjectCursor<TRow>(_host, _rows, Schema, _members, _accessors, Getters.Active(columnsNeeded, Schema));

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
        => [GetRowCursor(columnsNeeded, rand)];
}

/// <summary>Schemas of row objects.</summary>
internal static class ObjectRows
{
    public static DataViewSchema SchemaOf(IEnumerable<RowMember> members)
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(members.Select(member => member.ToColumn()));
        return builder.ToSchema();
    }

    /// <summary>The members of a class as columns of the types, and with the annotations, that a schema gives them.</summary>
    public static SchemaDefinition DefinitionFor<TRow>(IHostEnvironment env, DataViewSchema schema)
    {
        SchemaDefinition definition = SchemaDefinition.Create(typeof(TRow), SchemaDefinition.Direction.Read);
        foreach (DataViewSchema.Column column in schema)
        {
            SchemaDefinition.Column member = definition[column.Name]
                ?? throw env.Except($"Type should contain a member named {column.Name}");
            member.ColumnType = column.Type;
            member.Annotations = column.Annotations;
        }

        return definition;
    }
}
