using System.Reflection;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>A field or property of a row class together with the column it stands for.</summary>
internal sealed class RowMember
{
    private RowMember(SchemaDefinition.Column column, MemberInfo member, DataViewType type)
    {
        ColumnName = string.IsNullOrEmpty(column.ColumnName) ? column.MemberName : column.ColumnName;
        Annotations = column.Annotations;
        Member = member;
        ColumnType = type;
    }

    public string ColumnName { get; }

    public DataViewType ColumnType { get; }

    public DataViewSchema.Annotations Annotations { get; }

    public MemberInfo Member { get; }

    public Type MemberType => TypeOf(Member);

    /// <summary>The members that take part, checked against the column types that the definition asks for.</summary>
    public static RowMember[] AllOf(Type rowType, SchemaDefinition definition)
        => [.. definition.Select(column => Bind(rowType, column)).Where(member => member.MemberType != typeof(IChannel))];

    public static IEnumerable<MemberInfo> CandidatesOf(Type rowType, SchemaDefinition.Direction direction)
    {
        bool Serves(PropertyInfo property)
            => property.GetIndexParameters().Length == 0
                && ((direction.HasFlag(SchemaDefinition.Direction.Read) && property.GetGetMethod() is not null)
                    || (direction.HasFlag(SchemaDefinition.Direction.Write) && property.GetSetMethod() is not null));

        const BindingFlags Instance = BindingFlags.Public | BindingFlags.Instance;
        return rowType.GetFields(Instance).Cast<MemberInfo>()
            .Concat(rowType.GetProperties(Instance).Where(Serves))
            .Where(member => TypeOf(member) != typeof(IChannel) && member.GetCustomAttribute<NoColumnAttribute>() is null);
    }

    /// <summary>The raw type of the column items that a member holds. Strings are kept as memory over characters.</summary>
    public static Type RawItemTypeOf(MemberInfo member, out bool isVector)
    {
        Type itemType = TypeOf(member);
        isVector = true;
        if (itemType.IsArray)
            itemType = itemType.GetElementType();
        else if (itemType.IsGenericType && itemType.GetGenericTypeDefinition() == typeof(VBuffer<>))
            itemType = itemType.GetGenericArguments()[0];
        else
            isVector = false;

        if (itemType == typeof(string))
            itemType = typeof(ReadOnlyMemory<char>);
        if (PrimitiveTypes.OrNull(itemType) is null)
        {
            throw Contracts.ExceptParam("rawType",
                "Could not determine an IDataView type and registered custom types for member {0}", member.Name);
        }

        return itemType;
    }

    public DataViewSchema.DetachedColumn ToColumn() => new(ColumnName, ColumnType, Annotations);

    /// <summary>Whether values of a column can be written into the member.</summary>
    public bool CanHold(DataViewType columnType)
    {
        Type rawItemType = RawItemTypeOf(Member, out bool isVector);
        return columnType is VectorDataViewType vector
            ? isVector && vector.ItemType.RawType == rawItemType
            : !isVector && columnType.RawType == rawItemType;
    }

    private static RowMember Bind(Type rowType, SchemaDefinition.Column column)
    {
        MemberInfo member = (MemberInfo)rowType.GetField(column.MemberName) ?? rowType.GetProperty(column.MemberName);
        if (member is null)
        {
            throw Contracts.ExceptParam("userSchemaDefinition",
                "No field or property with name '{0}' found in type '{1}'", column.MemberName, rowType.FullName);
        }

        if (TypeOf(member) == typeof(IChannel))
            return new RowMember(column, member, null);

        Type rawItemType = RawItemTypeOf(member, out bool isVector);
        PrimitiveDataViewType inferred = PrimitiveTypes.Of(rawItemType);
        DataViewType type = column.ColumnType ?? (isVector ? new VectorDataViewType(inferred) : inferred);
        var bound = new RowMember(column, member, type);
        if (isVector != type is VectorDataViewType)
        {
            throw Contracts.ExceptParam("userSchemaDefinition",
                "Column '{0}' is supposed to be {1}, but type of associated field '{2}' is {3}",
                bound.ColumnName, isVector ? "scalar" : "vector", column.MemberName, isVector ? "vector" : "scalar");
        }

        if (!bound.CanHold(type))
        {
            throw Contracts.ExceptParam("userSchemaDefinition",
                "Column '{0}' is supposed to have item type {1}, but associated field has type {2}",
                bound.ColumnName, (type as VectorDataViewType)?.ItemType.RawType ?? type.RawType, rawItemType);
        }

        return bound;
    }

    private static Type TypeOf(MemberInfo member)
        => member is FieldInfo field ? field.FieldType : ((PropertyInfo)member).PropertyType;
}
