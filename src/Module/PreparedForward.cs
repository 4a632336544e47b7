using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>
/// The module's combination of two tensors into a third, all three in memory that stays where it is: prepared once, run
/// as often as the values change.
/// </summary>
/// <remarks>
/// What <see cref="NextTokenDiscriminator.forward"/> makes anew at each call (views, the result, the mask) is here made
/// once or not at all. A block of rows costs little more than its bytes then, and the C library is never asked for
/// megabytes, which it may take from the system and give back each time. Gradients take no part.
/// </remarks>
internal sealed class PreparedForward : IDisposable
{
    private readonly (Tensor From, Tensor To)[] _copies;

    internal PreparedForward(Tensor initialEmbedding, Tensor prev, Tensor curr, Tensor sequences)
    {
        var tokens = prev.shape[1];
        // The views belong to this object, and outlive the caller's scopes and modes.
        using var scope = NewDisposeScope();
        using var mode = inference_mode(false);
        _copies =
        [
            (View(initialEmbedding.detach()), View(sequences.narrow(1, 0, 1))),
            (View(prev.narrow(1, 0, tokens - 1)), View(sequences.narrow(1, 1, tokens - 1))),
            (View(curr.alias()), View(sequences.narrow(1, tokens, tokens))),
        ];
    }

    /// <summary>Combines what the inputs hold now.</summary>
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
