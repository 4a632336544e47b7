namespace TorchSharp.Internal;

/// <summary>
/// What index tensors select: they are stretched to one shape, which replaces the indexed dimensions where these
/// stand side by side, and else comes first.
/// </summary>
internal sealed class IndexedPlaces
{
    private readonly TensorImpl _view;
    private readonly int[] _kept;
    private readonly int _at;
    private readonly long[] _shape;
    private readonly long[] _offsets;
    private readonly List<(int Dim, TensorImpl Index)> _indices;

    public IndexedPlaces(TensorImpl view, List<(int Dim, TensorImpl Index)> indices)
    {
        _indices = indices;
        _view = view;
        var dims = indices.Select(i => i.Dim).ToArray();
        _kept = Enumerable.Range(0, view.Rank).Where(d => !dims.Contains(d)).ToArray();
        _at = dims[^1] - dims[0] == dims.Length - 1 ? dims[0] : 0;

        _shape = [];
        foreach (var (_, index) in indices)
            _shape = Shapes.Broadcast(_shape, index.Sizes);

        _offsets = new long[Shapes.Count(_shape)];
        Array.Fill(_offsets, view.Offset);
        foreach (var (dim, index) in indices)
            AddOffsets(dim, index);
    }

    private long[] KeptSizes => Array.ConvertAll(_kept, d => _view.Sizes[d]);

    private long[] KeptStrides => Array.ConvertAll(_kept, d => _view.Strides[d]);

    /// <summary>The same places of another tensor of the same shape.</summary>
    public IndexedPlaces On(TensorImpl other) => new(other, _indices);

    public TensorImpl Read()
    {
        var result = TensorImpl.Create(_view.DType, ResultSizes());
        ForEach(result, (inView, inResult) => CopyKernel.Copy(inView, inResult));
        return result;
    }

    public void Write(TensorImpl value)
    {
        var sizes = ResultSizes();
        var source = IndexExpression.StretchTo(sizes, value);
        var strides = source.StridesFor(sizes);
        ForEach(source.View(sizes, strides, source.Offset), (inView, inValue) => CopyKernel.Copy(inValue, inView));
    }

    /// <summary>Adds to the places; one that is selected several times takes up all that is meant for it.</summary>
    public void Add(TensorImpl value) =>
        ForEach(value, (inView, inValue) => BinaryKernel.RunInto(BinaryOp.Add, inView, inValue, inView));

    private long[] ResultSizes() => [.. KeptSizes[.._at], .. _shape, .. KeptSizes[_at..]];

    /// <summary>Pairs each selected place with its counterpart in a tensor of the result's shape.</summary>
    private void ForEach(TensorImpl result, Action<TensorImpl, TensorImpl> action)
    {
        long[] inner = [.. result.Strides[.._at], .. result.Strides[(_at + _shape.Length)..]];
        var outer = result.Strides[_at..(_at + _shape.Length)];
        var (sizes, strides) = (KeptSizes, KeptStrides);
        for (var i = 0; i < _offsets.Length; i++)
        {
            var place = result.Offset;
            var rest = (long)i;
            for (var d = _shape.Length - 1; d >= 0; d--)
            {
                (rest, var at) = Math.DivRem(rest, _shape[d]);
                place += at * outer[d];
            }

            action(_view.View(sizes, strides, _offsets[i]), result.View(sizes, inner, place));
        }
    }

    private void AddOffsets(int dim, TensorImpl index)
    {
        if (index.DType.IsFloatingPoint())
            Fail.Native("tensors used as indices must be long, int, byte or bool tensors");

        var stretched = index.View(_shape, index.StridesFor(_shape), index.Offset);
        var positions = CopyKernel.Contiguous(stretched, torch.ScalarType.Int64).Elements<long>();
        var size = _view.Sizes[dim];
        for (var i = 0; i < positions.Length; i++)
        {
            var position = positions[i];
            if (position < -size || position >= size)
                Fail.Native($"index {position} is out of bounds for dimension {dim} with size {size}");
            _offsets[i] += (position < 0 ? position + size : position) * _view.Strides[dim];
        }
    }
}
