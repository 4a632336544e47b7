using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>Combines two tensors into a third as the module does, repeatedly and in memory that does not move.</summary>
/// <remarks>
/// <see cref="NextTokenDiscriminator.forward(Tensor, Tensor)"/> creates views, a result and a mask at each call. This class creates the views once
/// and the rest not at all, so a block of rows costs little more than copying its bytes, and the C library never allocates
/// megabytes that it may take from the system and return each time. No gradients are recorded.
/// </remarks>
internal sealed class PreparedForward : IDisposable
{
    private readonly (Tensor From, Tensor To)[] _copies;

    internal PreparedForward(Tensor initialEmbedding, Tensor prev, Tensor curr, Tensor sequences)
    {
        var tokens = prev.shape[1];
        // The views belong to this object and outlive the caller's scopes and modes.
        using var scope = NewDisposeScope();
        using var mode = inference_mode(false);
        _copies =
        [
            (View(initialEmbedding.detach()), View(sequences.narrow(1, 0, 1))),
            (View(prev.narrow(1, 0, tokens - 1)), View(sequences.narrow(1, 1, tokens - 1))),
            (View(curr.alias()), View(sequences.narrow(1, tokens, curr.shape[1]))),
        ];
    }

    /// <summary>Combines the current values of the inputs.</summary>
    public void Run()
    {
        foreach (var (from, to) in _copies)
            to.copy_(from);
    }

    public void Dispose()
    {
        foreach (var (from, to) in _copies)
        {
            from.Dispose();
            to.Dispose();
        }
    }

    private static Tensor View(Tensor view) => view.DetachFromDisposeScope();
}
