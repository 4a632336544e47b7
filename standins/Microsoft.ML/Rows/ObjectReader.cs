using System.Linq.Expressions;
using System.Reflection;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Makes column getters that read a member of the current row object.</summary>
internal static class ObjectReader
{
    private static readonly MethodInfo ArrayMaker = Maker(nameof(OfArray));
    private static readonly MethodInfo VectorMaker = Maker(nameof(OfVector));
    private static readonly MethodInfo ValueMaker = Maker(nameof(OfValue));
    private static readonly MethodInfo KeyMaker = Maker(nameof(OfKey));

    /// <summary>Compiles the access to a member: done once a view, not once a cursor.</summary>
    public static Delegate Accessor<TRow>(RowMember member)
    {
        ParameterExpression row = Expression.Parameter(typeof(TRow), "row");
        return Expression.Lambda(Expression.MakeMemberAccess(row, member.Member), row).Compile();
    }

    public static Delegate Getter<TRow>(RowMember member, Delegate accessor, Func<TRow> current)
    {
        Type type = member.MemberType;
        if (type == typeof(string))
            return OfText((Func<TRow, string>)accessor, current);
        if (type == typeof(string[]))
            return OfTexts((Func<TRow, string[]>)accessor, current);
        if (type.IsArray)
            return Make<TRow>(ArrayMaker, type.GetElementType(), accessor, current);
        if (member.ColumnType is VectorDataViewType vector)
            return Make<TRow>(VectorMaker, vector.ItemType.RawType, accessor, current);
        if (member.ColumnType is KeyDataViewType key)
            return Make<TRow>(KeyMaker, type, accessor, current, key.Count);
        return Make<TRow>(ValueMaker, type, accessor, current);
    }

    private static MethodInfo Maker(string name) => typeof(ObjectReader).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static);

    private static Delegate Make<TRow>(MethodInfo maker, Type valueType, params object[] arguments)
        => (Delegate)maker.MakeGenericMethod(typeof(TRow), valueType)
            .Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null);

    private static ValueGetter<ReadOnlyMemory<char>> OfText<TRow>(Func<TRow, string> read, Func<TRow> current)
        => (ref ReadOnlyMemory<char> value) => value = read(current()).AsMemory();

    private static ValueGetter<VBuffer<ReadOnlyMemory<char>>> OfTexts<TRow>(Func<TRow, string[]> read, Func<TRow> current)
        => (ref VBuffer<ReadOnlyMemory<char>> value) =>
        {
            ReadOnlySpan<string> texts = read(current());
            VBufferEditor<ReadOnlyMemory<char>> editor = VBufferEditor.Create(ref value, texts.Length);
            for (int i = 0; i < texts.Length; i++)
                editor.Values[i] = texts[i].AsMemory();
            value = editor.Commit();
        };

    /// <summary>A null array is an empty vector, whatever size the column claims.</summary>
    private static ValueGetter<VBuffer<T>> OfArray<TRow, T>(Func<TRow, T[]> read, Func<TRow> current)
        => (ref VBuffer<T> value) =>
        {
            ReadOnlySpan<T> items = read(current());
            VBufferEditor<T> editor = VBufferEditor.Create(ref value, items.Length);
            items.CopyTo(editor.Values);
            value = editor.Commit();
        };

    private static ValueGetter<VBuffer<T>> OfVector<TRow, T>(Func<TRow, VBuffer<T>> read, Func<TRow> current)
        => (ref VBuffer<T> value) => read(current()).CopyTo(ref value);

    private static ValueGetter<T> OfValue<TRow, T>(Func<TRow, T> read, Func<TRow> current)
        => (ref T value) => value = read(current());

    /// <summary>Objects count keys from 0, columns from 1; what is out of range is missing.</summary>
    private static ValueGetter<T> OfKey<TRow, T>(Func<TRow, T> read, Func<TRow> current, ulong count)
        where T : struct, IConvertible
    {
        Contracts.Check(typeof(T) != typeof(ushort), "Keys of type UInt16 cannot be read from objects");
        return (ref T value) =>
        {
            ulong raw = read(current()).ToUInt64(null);
            value = (T)Convert.ChangeType(raw < count ? raw + 1 : 0, typeof(T), null);
        };
    }
}
