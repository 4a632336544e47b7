using static TorchSharp.torch;

namespace TorchSharp.Internal;

/// <summary>
/// One step of the way back: from the gradient of an operation's result to those of its inputs. Steps have one result
/// each; an input that needs no gradient has no edge.
/// </summary>
internal abstract class Node
{
    private static long _count;

    private readonly Node?[] _edges;
    private List<Saved>? _saved;

    protected Node(params ReadOnlySpan<TensorImpl?> inputs)
    {
        _edges = new Node?[inputs.Length];
        for (var i = 0; i < _edges.Length; i++)
            _edges[i] = inputs[i]?.GradientEdge;
    }

    protected Node(Node?[] edges) => _edges = edges;

    /// <summary>Later steps go first on the way back; leaves take in what they get at once.</summary>
    public virtual long Order { get; } = Interlocked.Increment(ref _count);

    public IReadOnlyList<Node?> Edges => _edges;

    /// <summary>Shape of the result, and so of its gradient.</summary>
    public long[] Sizes { get; private set; } = [];

    public ScalarType DType { get; private set; }

    /// <summary>Gradients of the inputs that need one, in order; null stands for zero.</summary>
    public abstract void Backward(TensorImpl grad, TensorImpl?[] inputs);

    public void Describe(TensorImpl result) => (Sizes, DType) = (result.Sizes, result.DType);

    /// <summary>Lets go of what was saved: the graph can be walked once unless it is retained.</summary>
    public virtual void Release()
    {
        foreach (var saved in _saved ?? [])
            saved.Release();
    }

    protected bool Needs(int input) => _edges[input] is not null;

    protected Saved Save(TensorImpl value)
    {
        var saved = new Saved(value);
        (_saved ??= []).Add(saved);
        return saved;
    }

    /// <summary>As <see cref="Save"/>, only where some input's gradient needs it.</summary>
    protected Saved? SaveFor(bool needed, TensorImpl value) => needed ? Save(value) : null;
}
