using TorchSharp.Internal;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>
    /// Uses the memory of the array itself where no conversion is asked for: writes on either side are seen on
    /// the other.
    /// </summary>
    public static Tensor from_array(Array rawArray, ScalarType? dtype, Device? device = null, bool requires_grad = false, string[]? names = null)
    {
        CheckNames(names);
        InitializeDevice(device);
        var type = DTypes.FromClr(ElementType(rawArray));
        var sizes = ShapeOf(rawArray);
        var impl = new TensorImpl(TensorStorage.Share(rawArray), type, sizes, Shapes.ContiguousStrides(sizes), 0);
        return new Tensor(CopyKernel.Cast(impl, dtype ?? type)).with_requires_grad(requires_grad);
    }

    public static Tensor from_array(Array rawArray, Device? device = null) => from_array(rawArray, null, device);

    public static Tensor as_tensor(Array data, ScalarType? dtype = null, Device? device = null) =>
        from_array(data, dtype, device);

    private static Tensor Create(ReadOnlySpan<long> size, ScalarType dtype, Device? device, bool requires_grad, string[]? names, bool clear)
    {
        CheckNames(names);
        InitializeDevice(device);
        return new Tensor(TensorImpl.Create(dtype, size.ToArray(), clear)).with_requires_grad(requires_grad);
    }

    /// <summary>Copies the first elements of the array, as many as the shape needs.</summary>
    private static Tensor FromArray(Array array, ReadOnlySpan<long> size, ScalarType? dtype, Device? device, bool requires_grad, string[]? names)
    {
        CheckNames(names);
        InitializeDevice(device);
        var count = Shapes.Count(size);
        if (count > array.LongLength)
            throw new ArgumentException($"The shape {Fail.Show(size)} needs {count} elements; the array has {array.LongLength}.");

        var type = DTypes.FromClr(ElementType(array));
        var source = TensorStorage.Share(array);
        var sizes = size.ToArray();
        if (dtype is { } wanted && wanted != type)
        {
            var raw = new TensorImpl(source, type, sizes, Shapes.ContiguousStrides(sizes), 0);
            return new Tensor(CopyKernel.Contiguous(raw, wanted)).with_requires_grad(requires_grad);
        }

        var impl = TensorImpl.Create(type, sizes);
        source.Bytes[..impl.Storage.Bytes.Length].CopyTo(impl.Storage.Bytes);
        return new Tensor(impl).with_requires_grad(requires_grad);
    }

    private static T[] AsArray<T>(IList<T> list) => list as T[] ?? [.. list];

    private static long[] ShapeOf(Array array)
    {
        var shape = new long[array.Rank];
        for (var d = 0; d < shape.Length; d++)
            shape[d] = array.GetLongLength(d);
        return shape;
    }

    private static Type ElementType(Array array) => array.GetType().GetElementType()!;

    private static void CheckNames(string[]? names)
    {
        if (names is { Length: > 0 })
            throw new NotSupportedException("The TorchSharp stand-in has no named dimensions.");
    }
}
