#nullable disable
using System.Collections;
using TorchSharp.Internal;

namespace TorchSharp.Utils;

/// <summary>The elements of a tensor in row-major order, whatever its strides.</summary>
public sealed class TensorAccessor<T> : IDisposable, IEnumerable<T> where T : unmanaged
{
    private torch.Tensor _tensor;
    private TensorImpl _impl;

    internal TensorAccessor(torch.Tensor tensor)
    {
        _tensor = tensor;
        _impl = tensor.Impl;
    }

    public long Count => _tensor is null ? 0 : _tensor.numel();

    public bool IsReadOnly => false;

    private Span<T> Storage => _impl.Storage.As<T>();

    public T this[params long[] indices]
    {
        get => Storage[Place(indices)];
        set => Storage[Place(indices)] = value;
    }

    public static bool operator ==(TensorAccessor<T> left, TensorAccessor<T> right) => left.SequenceEqual(right);

    public static bool operator !=(TensorAccessor<T> left, TensorAccessor<T> right) => !(left == right);

    public T[] ToArray()
    {
        var result = new T[Count];
        if (result.Length > 0 || _impl.Rank > 1)
            CopyTo(result);
        return result;
    }

    public Array ToNDArray()
    {
        if (_impl.Rank < 2)
            return ToArray();

        var result = Array.CreateInstance(typeof(T), _impl.Sizes);
        var index = new int[_impl.Rank];
        foreach (var value in this)
        {
            result.SetValue(value, index);
            for (var d = index.Length - 1; d >= 0 && ++index[d] == _impl.Sizes[d]; d--)
                index[d] = 0;
        }

        return result;
    }

    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) =>
        CopyTo(array.AsSpan(), arrayIndex, tensorIndex);

    public void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        CheckStart(tensorIndex);
        var count = (int)Math.Min(Count - tensorIndex, array.Length - arrayIndex);
        if (_impl.IsContiguous)
        {
            _impl.Elements<T>().Slice((int)tensorIndex, count).CopyTo(array[arrayIndex..]);
            return;
        }

        for (var i = 0; i < count; i++)
            array[arrayIndex + i] = Storage[Place(tensorIndex + i)];
    }

    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) =>
        CopyFrom((ReadOnlySpan<T>)array, arrayIndex, tensorIndex);

    public void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        CheckStart(tensorIndex);
        var count = (int)Math.Min(Count - tensorIndex, array.Length - arrayIndex);
        if (_impl.IsContiguous)
        {
            array.Slice(arrayIndex, count).CopyTo(_impl.Elements<T>()[(int)tensorIndex..]);
            return;
        }

        for (var i = 0; i < count; i++)
            Storage[Place(tensorIndex + i)] = array[arrayIndex + i];
    }

    public IEnumerator<T> GetEnumerator()
    {
        for (long i = 0, count = Count; i < count; i++)
            yield return Storage[Place(i)];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override bool Equals(object obj) => obj is TensorAccessor<T> other && this == other;

    public override int GetHashCode() => base.GetHashCode();

    public void Dispose()
    {
        _tensor = null;
        _impl = null;
    }

    internal static T ReadItemAt(torch.Tensor tensor, long index)
    {
        tensor.ValidateType(typeof(T));
        return new TensorAccessor<T>(tensor)[index];
    }

    private void CheckStart(long tensorIndex)
    {
        // Thrown for an empty tensor as well: it has no first element to start from.
        if (tensorIndex < 0 || tensorIndex >= Count)
            throw new ArgumentOutOfRangeException(nameof(tensorIndex));
    }

    private int Place(long[] indices)
    {
        if (indices.Length == 1)
            return Place(indices[0]);

        var place = _impl.Offset;
        for (var d = _impl.Rank - 1; d >= 0; d--)
        {
            if (indices[d] < 0 || indices[d] >= _impl.Sizes[d])
                throw new IndexOutOfRangeException($"Index {indices[d]} in dimension {d} of size {_impl.Sizes[d]}.");
            place += indices[d] * _impl.Strides[d];
        }

        return (int)place;
    }

    private int Place(long index)
    {
        if (index >= Count)
            throw new IndexOutOfRangeException($"Element {index} of {Count}.");
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        if (_impl.IsContiguous)
            return (int)(_impl.Offset + index);

        var place = _impl.Offset;
        for (var d = _impl.Rank - 1; d >= 0; d--)
        {
            (index, var at) = Math.DivRem(index, _impl.Sizes[d]);
            place += at * _impl.Strides[d];
        }

        return (int)place;
    }
}
