using System.Collections;
using System.Diagnostics;

namespace Microsoft.ML.Data;

/// <summary>
/// A vector value, dense or sparse, over arrays that are reused from row to row.
/// Equal counts of explicit values and of slots mean dense; then the indices carry no meaning.
/// </summary>
public readonly struct VBuffer<T> : IEnumerable
{
    private readonly T[] _values;
    private readonly int[] _indices;
    private readonly int _count;

    public readonly int Length;

    /// <summary>A dense vector of the first <paramref name="length"/> values. The arrays are taken over, not copied.</summary>
    public VBuffer(int length, T[] values, int[] indices = null)
    {
        BufferGuard.Param(length >= 0, nameof(length));
        BufferGuard.Param(SizeOf(values) >= length, nameof(values));

        _values = values;
        _indices = indices;
        _count = length;
        Length = length;
    }

    /// <summary>A vector with <paramref name="count"/> explicit values, whose indices must ascend.</summary>
    public VBuffer(int length, int count, T[] values, int[] indices)
    {
        BufferGuard.Param(length >= 0, nameof(length));
        BufferGuard.Param(count >= 0 && count <= length, nameof(count));
        BufferGuard.Param(SizeOf(values) >= count, nameof(values));
        BufferGuard.Param(count == length || SizeOf(indices) >= count, nameof(indices));

        _values = values;
        _indices = indices;
        _count = count;
        Length = length;
    }

    public bool IsDense => _count == Length;

    /// <summary>The explicit values: all of them when dense.</summary>
    public ReadOnlySpan<T> GetValues() => _values.AsSpan(0, _count);

    /// <summary>The slots of the explicit values; empty when dense.</summary>
    public ReadOnlySpan<int> GetIndices() => IsDense ? default : _indices.AsSpan(0, _count);

    public void CopyToDense(ref VBuffer<T> destination)
    {
        VBufferEditor<T> editor = VBufferEditor.Create(ref destination, Length);
        CopyTo(editor.Values);
        destination = editor.Commit();
    }

    public void CopyTo(ref VBuffer<T> destination)
    {
        VBufferEditor<T> editor = VBufferEditor.Create(ref destination, Length, _count);
        GetValues().CopyTo(editor.Values);
        GetIndices().CopyTo(editor.Indices);
        destination = editor.Commit();
    }

    public void CopyTo(ref VBuffer<T> destination, int sourceIndex, int length)
    {
        BufferGuard.Param(sourceIndex >= 0 && sourceIndex <= Length, nameof(sourceIndex));
        BufferGuard.Param(length >= 0 && length <= Length - sourceIndex, nameof(length));

        int first = IsDense ? sourceIndex : FirstAtOrAfter(sourceIndex);
        int count = IsDense ? length : FirstAtOrAfter(sourceIndex + length) - first;
        VBufferEditor<T> editor = VBufferEditor.Create(ref destination, length, count);
        GetValues().Slice(first, count).CopyTo(editor.Values);
        if (count < length)
        {
            for (int i = 0; i < count; i++)
                editor.Indices[i] = _indices[first + i] - sourceIndex;
        }

        destination = editor.Commit();
    }

    public void CopyTo(Span<T> destination) => CopyTo(destination, 0);

    public void CopyTo(Span<T> destination, int destinationIndex, T defaultValue = default)
    {
        BufferGuard.Param(destinationIndex >= 0 && destinationIndex <= destination.Length - Length,
            nameof(destination), "Not large enough to hold these values.");

        Span<T> target = destination.Slice(destinationIndex, Length);
        if (IsDense)
        {
            GetValues().CopyTo(target);
            return;
        }

        // A vector without a single explicit value is cleared, whatever default is asked for: so does the real one.
        target.Fill(_count == 0 ? default : defaultValue);
        for (int i = 0; i < _count; i++)
            target[_indices[i]] = _values[i];
    }

    public static void Copy(T[] source, int sourceIndex, ref VBuffer<T> destination, int length)
    {
        BufferGuard.Param(length >= 0 && length <= SizeOf(source), nameof(length));
        BufferGuard.Param(sourceIndex >= 0 && sourceIndex <= SizeOf(source) - length, nameof(sourceIndex));

        VBufferEditor<T> editor = VBufferEditor.Create(ref destination, length, length);
        source.AsSpan(sourceIndex, length).CopyTo(editor.Values);
        destination = editor.Commit();
    }

    /// <summary>Slots and values: the explicit ones, or with <paramref name="all"/> every slot.</summary>
    public IEnumerable<KeyValuePair<int, T>> Items(bool all = false)
        => all || IsDense ? EverySlot(_values, _indices, _count, Length) : ExplicitSlots(_values, _indices, _count);

    public IEnumerable<T> DenseValues() => EverySlot(_values, _indices, _count, Length).Select(slot => slot.Value);

    public void GetItemOrDefault(int index, ref T destination) => destination = GetItemOrDefault(index);

    public T GetItemOrDefault(int index)
    {
        BufferGuard.Param(index >= 0 && index < Length, nameof(index));

        if (IsDense)
            return _values[index];
        int at = FirstAtOrAfter(index);
        return at < _count && _indices[at] == index ? _values[at] : default;
    }

    public override string ToString() => IsDense
        ? $"Dense vector of size {Length}"
        : $"Sparse vector of size {Length}, {_count} explicit values";

    public IEnumerator GetEnumerator() => _values.GetEnumerator();

    internal VBufferEditor<T> GetEditor() => GetEditor(Length, _count);

    internal VBufferEditor<T> GetEditor(
        int newLogicalLength,
        int? valuesCount,
        int? maxValuesCapacity = null,
        bool keepOldOnResize = false,
        bool requireIndicesOnDense = false)
    {
        BufferGuard.Param(newLogicalLength >= 0, nameof(newLogicalLength), "Must be non-negative.");
        BufferGuard.Param(valuesCount is null or >= 0, nameof(valuesCount), "If specified, must be non-negative.");
        BufferGuard.Param(valuesCount is null || valuesCount <= newLogicalLength, nameof(valuesCount),
            "If specified, must be no greater than newLogicalLength");

        int count = valuesCount ?? newLogicalLength;
        int capacity = maxValuesCapacity ?? Array.MaxLength;
        bool needsIndices = requireIndicesOnDense || count < newLogicalLength;

        T[] values = _values;
        int[] indices = _indices;
        bool grewValues = Grow(ref values, count, capacity, keepOldOnResize);
        bool grewIndices = needsIndices && Grow(ref indices, count, capacity, keepOldOnResize);
        return new VBufferEditor<T>(newLogicalLength, count, values, indices, needsIndices, grewValues, grewIndices);
    }

    /// <summary>Grows by doubling, so that rows of slowly rising size do not allocate each time.</summary>
    private static bool Grow<TItem>(ref TItem[] array, int needed, int capacity, bool keepOld)
    {
        BufferGuard.Param(needed <= capacity, "max", "min must not exceed max");

        int size = SizeOf(array);
        if (size >= needed)
            return false;

        long doubled = size == 0 ? 4 : 2L * size;
        int newSize = Math.Max(needed, (int)Math.Min(doubled, capacity));
        if (keepOld)
            Array.Resize(ref array, newSize);
        else
            array = new TItem[newSize];
        return true;
    }

    private int FirstAtOrAfter(int slot)
    {
        int at = _indices.AsSpan(0, _count).BinarySearch(slot);
        return at < 0 ? ~at : at;
    }

    private static int SizeOf<TItem>(TItem[] array) => array is null ? 0 : array.Length;

    private static IEnumerable<KeyValuePair<int, T>> ExplicitSlots(T[] values, int[] indices, int count)
    {
        for (int i = 0; i < count; i++)
            yield return new KeyValuePair<int, T>(indices[i], values[i]);
    }

    private static IEnumerable<KeyValuePair<int, T>> EverySlot(T[] values, int[] indices, int count, int length)
    {
        Debug.Assert(count <= length);
        int next = 0;
        for (int slot = 0; slot < length; slot++)
        {
            bool isExplicit = count == length || (next < count && indices[next] == slot);
            yield return new KeyValuePair<int, T>(slot, isExplicit ? values[next++] : default);
        }
    }
}
