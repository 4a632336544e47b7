using System.Linq.Expressions;

namespace Microsoft.ML.Data;

/// <summary>Makes actions that write a column's current value into a member of an object.</summary>
internal static class ObjectWriter
{
    public static Action<TRow> Setter<TRow>(RowMember member, DataViewRow row, DataViewSchema.Column column)
    {
        Type type = member.MemberType;
        if (type == typeof(string))
        {
            Action<TRow, string> write = Writer<TRow, string>(member);
            return Converted(row.GetGetter<ReadOnlyMemory<char>>(column), write, text => text.ToString());
        }

        if (type == typeof(string[]))
            return Texts(row.GetGetter<VBuffer<ReadOnlyMemory<char>>>(column), Reader<TRow, string[]>(member), Writer<TRow, string[]>(member));
        if (type.IsArray)
            return Maker<TRow>.Make(type.GetElementType(), nameof(Maker<TRow>.Array), member, row, column);
        if (column.Type is VectorDataViewType vector)
            return Maker<TRow>.Make(vector.ItemType.RawType, nameof(Maker<TRow>.Vector), member, row, column);
        return Maker<TRow>.Make(type, nameof(Maker<TRow>.Value), member, row, column);
    }

    private static Action<TRow> Converted<TRow, TSource, TValue>(
        ValueGetter<TSource> getter, Action<TRow, TValue> write, Func<TSource, TValue> convert)
    {
        TSource value = default;
        return target =>
        {
            getter(ref value);
            write(target, convert(value));
        };
    }

    /// <summary>An array of the right size in the object is written into, and null is the right size for no items.</summary>
    private static Action<TRow> Texts<TRow>(
        ValueGetter<VBuffer<ReadOnlyMemory<char>>> getter, Func<TRow, string[]> read, Action<TRow, string[]> write)
    {
        VBuffer<ReadOnlyMemory<char>> value = default;
        return target =>
        {
            getter(ref value);
            string[] texts = read(target);
            if ((texts?.Length ?? 0) != value.Length)
                texts = new string[value.Length];
            foreach (KeyValuePair<int, ReadOnlyMemory<char>> slot in value.Items(all: true))
                texts[slot.Key] = slot.Value.ToString();
            write(target, texts);
        };
    }

    private static Func<TRow, TValue> Reader<TRow, TValue>(RowMember member)
        => (Func<TRow, TValue>)ObjectReader.Accessor<TRow>(member);

    private static Action<TRow, TValue> Writer<TRow, TValue>(RowMember member)
    {
        ParameterExpression target = Expression.Parameter(typeof(TRow));
        ParameterExpression value = Expression.Parameter(typeof(TValue));
        BinaryExpression assign = Expression.Assign(Expression.MakeMemberAccess(target, member.Member), value);
        return Expression.Lambda<Action<TRow, TValue>>(assign, target, value).Compile();
    }

    private static class Maker<TRow>
    {
        public static Action<TRow> Make(Type type, string method, RowMember member, DataViewRow row, DataViewSchema.Column column)
            => Generic.Call<Action<TRow>>(type, typeof(Maker<TRow>), method, member, row, column);

        internal static Action<TRow> Value<T>(RowMember member, DataViewRow row, DataViewSchema.Column column)
        {
            Action<TRow, T> write = Writer<TRow, T>(member);
            return Converted(row.GetGetter<T>(column), write, value => value);
        }

        /// <summary>The object's own vector is lent to the getter, so that its arrays are reused.</summary>
        internal static Action<TRow> Vector<T>(RowMember member, DataViewRow row, DataViewSchema.Column column)
        {
            ValueGetter<VBuffer<T>> getter = row.GetGetter<VBuffer<T>>(column);
            Func<TRow, VBuffer<T>> read = Reader<TRow, VBuffer<T>>(member);
            Action<TRow, VBuffer<T>> write = Writer<TRow, VBuffer<T>>(member);
            return target =>
            {
                VBuffer<T> value = read(target);
                getter(ref value);
                write(target, value);
            };
        }

        /// <summary>The object's own array is written into when it has the right size and the value is dense.</summary>
        internal static Action<TRow> Array<T>(RowMember member, DataViewRow row, DataViewSchema.Column column)
        {
            ValueGetter<VBuffer<T>> getter = row.GetGetter<VBuffer<T>>(column);
            Func<TRow, T[]> read = Reader<TRow, T[]>(member);
            Action<TRow, T[]> write = Writer<TRow, T[]>(member);
            VBuffer<T> value = default;
            return target =>
            {
                getter(ref value);
                T[] items = read(target);
                if (!value.IsDense || (items?.Length ?? 0) != value.Length)
                    items = new T[value.Length];
                value.CopyTo(items);
                write(target, items);
            };
        }
    }
}
