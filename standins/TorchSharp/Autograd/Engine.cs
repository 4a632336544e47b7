namespace TorchSharp.Internal;

/// <summary>Walks a graph backward: each step once, when all gradients of its result have come in.</summary>
internal sealed class Engine
{
    private readonly Dictionary<Node, int> _waitingFor = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Node, (TensorImpl Sum, bool Owned)> _incoming = new(ReferenceEqualityComparer.Instance);
    private readonly PriorityQueue<Node, long> _ready = new();
    private readonly bool _retain;

    /// <summary>The only steps whose incoming gradient is wanted, and what came; null: gradients go into leaves.</summary>
    private readonly Dictionary<Node, TensorImpl?>? _captured;
    private readonly HashSet<Node>? _needed;

    private Engine(List<Node> roots, bool retain, IReadOnlyList<Node>? capture)
    {
        _retain = retain;
        if (capture is not null)
        {
            _captured = new Dictionary<Node, TensorImpl?>(ReferenceEqualityComparer.Instance);
            foreach (var node in capture)
                _captured[node] = null;
        }

        var order = Count(roots);
        if (_captured is not null)
            _needed = FindNeeded(order);
    }

    /// <summary>Runs from the roots; with <paramref name="capture"/>, gives the gradients that reach those steps.</summary>
    public static TensorImpl?[] Run(
        List<Node> roots, List<TensorImpl> gradients, bool retain, IReadOnlyList<Node>? capture = null)
    {
        using var unrecorded = new GradMode.GradGuard(false);
        var engine = new Engine(roots, retain, capture);
        for (var i = 0; i < roots.Count; i++)
            engine.Add(roots[i], gradients[i]);
        foreach (var root in roots.Distinct())
        {
            if (engine._waitingFor[root] == 0)
                engine.Enqueue(root);
        }

        engine.Walk();
        return capture is null ? [] : [.. capture.Select(node => engine._captured![node])];
    }

    private void Walk()
    {
        while (_ready.TryDequeue(out var node, out _))
        {
            _incoming.Remove(node, out var incoming);
            var grad = incoming.Sum;
            if (_captured?.ContainsKey(node) == true)
                _captured[node] = grad is null ? null : CopyKernel.Contiguous(grad);
            if (_captured is not null && !_needed!.Contains(node))
                continue;
            if (_captured is not null && node is AccumulateGrad)
                continue;

            var inputs = new TensorImpl?[node.Edges.Count];
            if (grad is not null)
            {
                node.Backward(grad, inputs);
                if (!_retain)
                    node.Release();
            }

            PassOn(node, inputs);
        }
    }

    private void PassOn(Node node, TensorImpl?[] inputs)
    {
        for (var i = 0; i < inputs.Length; i++)
        {
            if (node.Edges[i] is not { } next)
                continue;
            if (inputs[i] is { } grad)
                Add(next, grad);
            if (--_waitingFor[next] == 0)
                Enqueue(next);
        }
    }

    private void Enqueue(Node node) => _ready.Enqueue(node, -node.Order);

    /// <summary>Gradients that came in another type or a stretched shape are brought to the step's own.</summary>
    private void Add(Node node, TensorImpl grad)
    {
        var fitting = CopyKernel.Cast(GradMath.SumTo(grad, node.Sizes), node.DType);
        if (!_incoming.TryGetValue(node, out var before))
        {
            _incoming[node] = (fitting, false);
        }
        else if (before.Owned)
        {
            BinaryKernel.RunInto(BinaryOp.Add, before.Sum, fitting, before.Sum);
        }
        else
        {
            _incoming[node] = (BinaryKernel.Run(BinaryOp.Add, before.Sum, fitting, node.DType), true);
        }
    }

    /// <summary>Counts for each step how many gradients will come; gives all steps, inputs before results.</summary>
    private List<Node> Count(List<Node> roots)
    {
        var order = new List<Node>();
        var open = new Stack<Node>();
        foreach (var root in roots)
        {
            if (_waitingFor.TryAdd(root, 0))
                open.Push(root);
        }

        while (open.TryPop(out var node))
        {
            order.Add(node);
            foreach (var next in node.Edges)
            {
                if (next is null)
                    continue;
                if (_waitingFor.TryGetValue(next, out var count))
                {
                    _waitingFor[next] = count + 1;
                    continue;
                }

                _waitingFor.Add(next, 1);
                open.Push(next);
            }
        }

        order.Sort((a, b) => a.Order.CompareTo(b.Order));
        return order;
    }

    /// <summary>The steps on a way to a captured one. Inputs are older than results, but for leaves, which have none.</summary>
    private HashSet<Node> FindNeeded(List<Node> order)
    {
        var leadsToCaptured = new HashSet<Node>(_captured!.Keys, ReferenceEqualityComparer.Instance);
        var needed = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        foreach (var node in order)
        {
            if (!node.Edges.Any(next => next is not null && leadsToCaptured.Contains(next)))
                continue;
            needed.Add(node);
            leadsToCaptured.Add(node);
        }

        return needed;
    }
}
