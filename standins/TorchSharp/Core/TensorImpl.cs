namespace TorchSharp.Internal;

/// <summary>
/// What a tensor handle points to: a strided window on a storage; its part in automatic differentiation is in the
/// folder of that name.
/// Several <see cref="torch.Tensor"/> objects may point to one of these (aliases), and several of these may
/// point to one storage (views).
/// </summary>
internal sealed partial class TensorImpl
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
    public long[] Sizes { get; }
    public long[] Strides { get; }
    public long Offset { get; }
    public long Numel { get; }
    public int Rank => Sizes.Length;

    /// <summary>Made inside inference mode: may not be changed or recorded outside it.</summary>
    public bool IsInference { get; init; }

    /// <summary>The tensor that this one is a view of, as far as gradients are concerned.</summary>
    public TensorImpl? ViewOf { get; init; }

    /// <summary>How the view was made: some may not be changed in place.</summary>
    public ViewOrigin Origin { get; init; }

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
    public TensorImpl TrackedView(long[] sizes, long[] strides, long offset, ViewOrigin origin = ViewOrigin.Plain)
    {
        if (IsInference)
            return View(sizes, strides, offset);
        if (Origin != ViewOrigin.Plain)
            origin = Origin;
        else if (!GradMode.Enabled)
            origin = GradMode.Inference ? ViewOrigin.InferenceMode : ViewOrigin.NoGrad;

        var view = new TensorImpl(Storage, DType, sizes, strides, offset) { ViewOf = ViewOf ?? this, Origin = origin };
        view.SeeCurrentVersion();
        return view;
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
