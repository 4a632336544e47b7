using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Writes the columns of a row into the members of an object.</summary>
internal sealed class RowFiller<TRow>
    where TRow : class
{
    private readonly (RowMember Member, DataViewSchema.Column Column)[] _bindings;

    public RowFiller(IHostEnvironment env, DataViewSchema schema, bool ignoreMissingColumns, SchemaDefinition definition)
    {
        IHost host = env.Register("TypedCursorable");
        definition ??= SchemaDefinition.Create(typeof(TRow), SchemaDefinition.Direction.Write);
        var bindings = new List<(RowMember, DataViewSchema.Column)>();
        foreach (RowMember member in RowMember.AllOf(typeof(TRow), definition))
        {
            if (schema.GetColumnOrNull(member.ColumnName) is not { } column)
            {
                if (ignoreMissingColumns)
                    continue;
                throw host.ExceptSchemaMismatch("Schema", "", member.ColumnName);
            }

            if (!member.CanHold(column.Type))
            {
                throw host.Except("Can't bind the IDataView column '{0}' of type '{1}' to field or property '{2}' of type '{3}'.",
                    column.Name, column.Type, member.Member.Name, member.MemberType.FullName);
            }

            bindings.Add((member, column));
        }

        _bindings = [.. bindings];
    }

    public IEnumerable<DataViewSchema.Column> Columns => _bindings.Select(binding => binding.Column);

    /// <summary>What copies the current values of a row into an object.</summary>
    public Action<TRow> Bind(DataViewRow row)
    {
        Action<TRow>[] setters = [.. _bindings.Select(binding => ObjectWriter.Setter<TRow>(binding.Member, row, binding.Column))];
        return target =>
        {
            foreach (Action<TRow> setter in setters)
                setter(target);
        };
    }
}
