using Apache.Arrow;
using Apache.Arrow.Types;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tool;

/// <summary>Gathers the values of a result column until they are written.</summary>
internal abstract class OutputColumn
{
    protected OutputColumn(string name, IArrowType type) => Field = new Field(name, type, nullable: false);

    /// <summary>Gets the name and the type in the file.</summary>
    public Field Field { get; }

    /// <summary>Gets the number of values gathered.</summary>
    public abstract int PendingValues { get; }

    /// <summary>Adds the value of the cursor's current row.</summary>
    public abstract void Append();

    /// <summary>Returns the gathered values. They are valid until the next call of <see cref="Append"/>.</summary>
    public abstract IArrowArray Take();

    /// <summary>Creates the column.</summary>
    /// <param name="cursor">Moves through the rows; the column is active.</param>
    /// <param name="column">The column of the model's output.</param>
    /// <exception cref="ToolException">No Arrow type fits the column.</exception>
    public static OutputColumn Create(DataViewRowCursor cursor, DataViewSchema.Column column)
    {
        var name = column.Name;
        return column.Type switch
        {
            VectorDataViewType { ItemType: BooleanDataViewType } vector => new BooleanVectorOutput(name, vector.Size, cursor.GetGetter<VBuffer<bool>>(column)),
            VectorDataViewType vector when vector.ItemType == NumberDataViewType.Single => new VectorOutput<float>(name, FloatType.Default, vector.Size, cursor.GetGetter<VBuffer<float>>(column)),
            VectorDataViewType vector when vector.ItemType == NumberDataViewType.Double => new VectorOutput<double>(name, DoubleType.Default, vector.Size, cursor.GetGetter<VBuffer<double>>(column)),
            VectorDataViewType vector when vector.ItemType == NumberDataViewType.Int32 => new VectorOutput<int>(name, Int32Type.Default, vector.Size, cursor.GetGetter<VBuffer<int>>(column)),
            BooleanDataViewType => new BooleanOutput(name, cursor.GetGetter<bool>(column)),
            TextDataViewType => new TextOutput(name, cursor.GetGetter<ReadOnlyMemory<char>>(column)),
            KeyDataViewType key when key.RawType == typeof(uint) => new ScalarOutput<uint>(name, UInt32Type.Default, cursor.GetGetter<uint>(column)),
            var type when type == NumberDataViewType.Single => new ScalarOutput<float>(name, FloatType.Default, cursor.GetGetter<float>(column)),
            var type when type == NumberDataViewType.Double => new ScalarOutput<double>(name, DoubleType.Default, cursor.GetGetter<double>(column)),
            var type when type == NumberDataViewType.Int32 => new ScalarOutput<int>(name, Int32Type.Default, cursor.GetGetter<int>(column)),
            var type when type == NumberDataViewType.Int64 => new ScalarOutput<long>(name, Int64Type.Default, cursor.GetGetter<long>(column)),
            var type => throw new ToolException($"Column '{name}' of the model's output: expected numbers, Booleans or text, or lists of numbers or Booleans, found {type}."),
        };
    }
}
