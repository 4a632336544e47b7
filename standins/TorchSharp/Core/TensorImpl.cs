namespace TorchSharp.Internal;

/// <summary>
/// What a tensor handle points to: a strided window on a storage, plus the state of automatic differentiation.
/// Several <see cref="torch.Tensor"/> objects may point to one of these (aliases), and several of these may
/// point to one storage (views).
/// </summary>
internal sealed class TensorImpl
{
    public TensorImpl(TensorStorage storage, torch.ScalarType dtype, long[] sizes, long[] strides, long offset)
    {
        Storage = storage;
        DType = dtype;
        Sizes = sizes;
        Strides = strides;
        Offset = offset;
        Numel = Shapes.Count(sizes);
    }

    public TensorStorage Storage { get; }
    public torch.ScalarType DType { get; }
    public long[] Sizes { get; private set; }
    public long[] Strides { get; private set; }
    public long Offset { get; }
    public long Numel { get; }
    public int Rank => Sizes.Length;

    /// <summary>Set by the user on a leaf, by <see cref="Graph"/> on a result.</summary>
    public bool RequiresGrad { get; set; }

    /// <summary>False on the result of a recorded operation.</summary>
    public bool IsLeaf { get; set; } = true;

    /// <summary>Made inside inference mode: may not be changed or recorded outside it.</summary>
    public bool IsInference { get; init; }

    public TensorImpl? Grad { get; set; }

    /// <summary>The tensor that this one is a view of, as far as gradients are concerned.</summary>
    public TensorImpl? ViewOf { get; init; }

    public bool IsContiguous => Shapes.IsContiguous(Sizes, Strides);

    /// <summary>A fresh contiguous tensor.</summary>
    public static TensorImpl Create(torch.ScalarType dtype, long[] sizes, bool clear = false)
    {
        foreach (var size in sizes)
        {
            if (size < 0)
                Fail.Native($"A tensor cannot have the negative size {size}: {Fail.Show(sizes)}.");
        }

        var storage = TensorStorage.Allocate(checked(Shapes.Count(sizes) * DTypes.SizeOf(dtype)), clear);
        return new TensorImpl(storage, dtype, sizes, Shapes.ContiguousStrides(sizes), 0)
        {
            IsInference = GradMode.Inference,
        };
    }

    /// <summary>Another window on the same storage, unknown to the graph.</summary>
    public TensorImpl View(long[] sizes, long[] strides, long offset) =>
        new(Storage, DType, sizes, strides, offset) { IsInference = IsInference };

    /// <summary>Another window on the same storage, changes of which are changes of this tensor.</summary>
    public TensorImpl TrackedView(long[] sizes, long[] strides, long offset) =>
        new(Storage, DType, sizes, strides, offset) { IsInference = IsInference, ViewOf = ViewOf ?? this };

    /// <summary>Changes the window in place (squeeze_, unsqueeze_, ...); the number of elements stays.</summary>
    public void Restride(long[] sizes, long[] strides)
    {
        Sizes = sizes;
        Strides = strides;
    }

    /// <summary>The elements of a contiguous tensor, in order.</summary>
    public Span<T> Elements<T>() where T : unmanaged => Storage.As<T>().Slice((int)Offset, (int)Numel);

    /// <summary>This tensor's strides when it is read with the given broadcast shape: 0 where it repeats.</summary>
    public long[] StridesFor(long[] shape)
    {
        if (shape.AsSpan().SequenceEqual(Sizes))
            return Strides;

        var result = new long[shape.Length];
        var lead = shape.Length - Rank;
        for (var i = 0; i < Rank; i++)
            result[lead + i] = Sizes[i] == shape[lead + i] ? Strides[i] : 0;
        return result;
    }
}
