namespace TorchSharp.Internal;

/// <summary>The tensor's part in automatic differentiation.</summary>
internal sealed partial class TensorImpl
{
    private bool _wantsGrad;
    private Node? _gradFn;
    private int _gradFnVersion;
    private AccumulateGrad? _accumulator;

    /// <summary>The accumulated gradient of a leaf.</summary>
    public TensorImpl? Grad { get; set; }

    /// <summary>Set by the user on a leaf; true of a recorded result and of views of what is.</summary>
    public bool RequiresGrad => _wantsGrad || _gradFn is not null || ViewOf is { RequiresGrad: true };

    /// <summary>True unless the tensor is the recorded result of an operation.</summary>
    public bool IsLeaf => GradFn is null;

    /// <summary>
    /// The step that passes this tensor's gradient on. A view of memory that was changed in place since has no step of
    /// its own any more: its gradient goes to the place of its elements in what the changed tensor is now.
    /// </summary>
    public Node? GradFn
    {
        get
        {
            if (ViewOf is { } whole && (_gradFn is not null || whole.RequiresGrad) && _gradFnVersion != Storage.Version)
                GradFn = new WindowNode(whole, this);
            return _gradFn;
        }

        set
        {
            _gradFn = value;
            _gradFnVersion = Storage.Version;
            value?.Describe(this);
        }
    }

    /// <summary>Where the gradient goes in a graph: to the step that made this tensor, or into the leaf.</summary>
    public Node? GradientEdge => GradFn ?? (RequiresGrad ? _accumulator ??= new AccumulateGrad(this) : null);

    public void WantGrad(bool wanted) => _wantsGrad = wanted;

    /// <summary>Takes the tensor out of its graph.</summary>
    public void Detach()
    {
        _wantsGrad = false;
        GradFn = null;
    }

    /// <summary>A new view starts with what its memory is now.</summary>
    private void SeeCurrentVersion() => _gradFnVersion = Storage.Version;
}
