using System.Reflection;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Which members of a class are which columns.</summary>
public sealed class SchemaDefinition : List<SchemaDefinition.Column>
{
    private SchemaDefinition()
    {
    }

    [Flags]
    public enum Direction
    {
        Read = 1,
        Write = 2,
        Both = Read | Write,
    }

    public Column this[string columnName]
    {
        get => Find(column => column.ColumnName == columnName);
        set
        {
            Contracts.CheckValue(value, nameof(value));
            if (value.ColumnName != columnName)
            {
                throw Contracts.ExceptParam(nameof(columnName),
                    "The column name is specified as '{0}' but must match the selector '{1}'.", value.ColumnName, columnName);
            }

            int index = FindIndex(column => column.ColumnName == columnName);
            if (index < 0)
                Add(value);
            else
                this[index] = value;
        }
    }

    /// <summary>The columns that a class offers by its public fields, then its public properties.</summary>
    public static SchemaDefinition Create(Type userType, Direction direction = Direction.Both)
    {
        Contracts.CheckValue(userType, nameof(userType));
        var definition = new SchemaDefinition();
        var names = new HashSet<string>();
        foreach (MemberInfo member in RowMember.CandidatesOf(userType, direction))
        {
            string name = member.GetCustomAttribute<ColumnNameAttribute>()?.Name ?? member.Name;
            if (!names.Add(name))
            {
                throw Contracts.ExceptParam(nameof(userType),
                    "Duplicate column name '{0}' detected, this is disallowed", name);
            }

            definition.Add(new Column(member.Name, ColumnTypeOf(member), name));
        }

        return definition;
    }

    private static DataViewType ColumnTypeOf(MemberInfo member)
    {
        Type rawItemType = RowMember.RawItemTypeOf(member, out bool isVector);
        KeyTypeAttribute key = member.GetCustomAttribute<KeyTypeAttribute>();
        if (key is not null && !KeyDataViewType.IsValidDataType(rawItemType))
        {
            throw Contracts.ExceptParam("userType",
                "Member {0} marked with KeyType attribute, but does not appear to be a valid kind of data for a key type", member.Name);
        }

        PrimitiveDataViewType itemType =
            key is null ? PrimitiveTypes.Of(rawItemType) : new KeyDataViewType(rawItemType, key.Count);
        VectorTypeAttribute vector = member.GetCustomAttribute<VectorTypeAttribute>();
        if (isVector)
            return vector?.Dims is { Length: > 0 } dims ? new VectorDataViewType(itemType, dims) : new VectorDataViewType(itemType);
        if (vector is not null)
        {
            throw Contracts.ExceptParam("userType",
                $"Member {member.Name} marked with VectorTypeAttribute, but does not appear to be a vector type");
        }

        return itemType;
    }

    /// <summary>One member as a column. Name and type may be set to others than the class says.</summary>
    public sealed class Column
    {
        internal Column(string memberName, DataViewType columnType, string columnName = null)
        {
            Contracts.CheckNonEmpty(memberName, nameof(memberName));
            MemberName = memberName;
            ColumnName = columnName ?? memberName;
            ColumnType = columnType;
        }

        public string MemberName { get; }

        public string ColumnName { get; set; }

        public DataViewType ColumnType { get; set; }

        public DataViewSchema.Annotations Annotations { get; internal set; } = DataViewSchema.Annotations.Empty;
    }
}
