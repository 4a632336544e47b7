using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>
/// Keeps false sequences of earlier steps and mixes them into new ones, so that the discriminator does not forget what the
/// generator did before, and the generator cannot lead it in circles (arXiv 1612.07828).
/// </summary>
public sealed class SequenceReplayBuffer : IDisposable
{
    private readonly int _capacity;
    private readonly Random _random;
    private Tensor? _kept;
    private Tensor? _keptTokens;

    /// <summary>Begins with nothing kept.</summary>
    /// <param name="capacity">Rows kept, at most: each takes 8 * T * C bytes.</param>
    /// <param name="seed">Decides which rows are kept, and which are shown.</param>
    public SequenceReplayBuffer(int capacity, int seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        _capacity = capacity;
        _random = new Random(seed);
    }

    /// <summary>Rows kept so far.</summary>
    public int Count { get; private set; }

    /// <summary>Puts old rows in the place of some, and keeps the new ones: in what room is left, then in the place of old ones drawn.</summary>
    /// <param name="sequences">False sequences, (B, 2T, C), of one shape but for B in all calls.</param>
    /// <param name="fraction">The share of rows to replace, 0 to 1; fewer while fewer are kept.</param>
    /// <returns>(B, 2T, C), no gradient; the caller's or the caller's dispose scope's.</returns>
    /// <remarks>Padded rows need the overload with tokens: an old row has other real tokens than the row that it replaces.</remarks>
    /// <exception cref="ArgumentException">
    /// The sequences are not of the shape, type and device of those kept, or hold a value that is not finite.
    /// </exception>
    public Tensor Mix(Tensor sequences, double fraction = 0.5) => Mix(sequences, null, fraction).Sequences;

    /// <summary>The same for padded rows: an old row comes back with its own real tokens.</summary>
    /// <param name="sequences">False sequences, (B, 2P, C), of one shape but for B in all calls.</param>
    /// <param name="tokens">
    /// (B, P): 1 for a real token, 0 for padding (<see cref="SequenceBatch.RealTokens"/>); null where none of these rows is padded.
    /// </param>
    /// <param name="fraction">The share of rows to replace, 0 to 1; fewer while fewer are kept.</param>
    /// <returns>
    /// (B, 2P, C), and (B, P), the <c>falseTokens</c> of <see cref="AdversarialTrainer"/>, null while no row was padded; no gradient;
    /// the caller's or the caller's dispose scope's.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// The sequences are not of the shape, type and device of those kept, or hold a value that is not finite; or the tokens are not
    /// (B, P) of 1 and 0.
    /// </exception>
    public (Tensor Sequences, Tensor? Tokens) Mix(Tensor sequences, Tensor? tokens, double fraction = 0.5)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        if (!(fraction >= 0 && fraction <= 1))
            throw new ArgumentOutOfRangeException(nameof(fraction), FormattableString.Invariant($"expected 0 to 1, found {fraction}."));
        using var scope = NewDisposeScope();
        // A generator may run under inference_mode: what is made there could not be changed outside it, nor learned from.
        using var mode = inference_mode(false);
        using var quiet = no_grad();
        var rows = (int)sequences.shape[0];
        CheckFinite(sequences);
        _kept ??= empty([_capacity, .. sequences.shape[1..]], dtype: sequences.dtype, device: sequences.device).DetachFromDisposeScope();
        if (Kind(_kept) is var expected && Kind(sequences) is var found && expected != found)
            throw new ArgumentException($"sequences: expected rows of {expected} as before, found {found}.", nameof(sequences));

        if (tokens is not null)
            LossInputs.CheckTokens(tokens, [rows, sequences.shape[1] / 2], nameof(tokens), ofEachRow: false);
        tokens = RealTokens(sequences, tokens);
        var old = Math.Min(Count, (int)Math.Round(fraction * rows));
        var (mixed, mixedTokens) = (sequences.detach().clone(), tokens?.clone());
        if (old > 0)
        {
            var (places, drawn) = (Draw(rows, old), Draw(Count, old));
            Replace(mixed, _kept);
            if (mixedTokens is not null)
                Replace(mixedTokens, _keptTokens!);

            void Replace(Tensor some, Tensor kept) =>
                some.index_copy_(0, tensor(places).to(some.device), kept.index_select(0, tensor(drawn).to(some.device)));
        }

        Keep(sequences.detach(), tokens);
        return (mixed.MoveToOuterDisposeScope(), mixedTokens?.MoveToOuterDisposeScope());
    }

    /// <summary>Frees what is kept.</summary>
    public void Dispose()
    {
        _kept?.Dispose();
        _keptTokens?.Dispose();
    }

    // Tokens are kept from the first padded row on: all earlier rows had real tokens only.
    private Tensor? RealTokens(Tensor sequences, Tensor? tokens)
    {
        if (tokens is null && _keptTokens is null)
            return null;
        _keptTokens ??= All(_capacity).DetachFromDisposeScope();
        return tokens?.detach().to(sequences.dtype) ?? All(sequences.shape[0]);

        Tensor All(long rows) => ones([rows, sequences.shape[1] / 2], dtype: sequences.dtype, device: sequences.device);
    }

    private void Keep(Tensor sequences, Tensor? tokens)
    {
        var rows = (int)Math.Min(sequences.shape[0], _capacity);
        var places = new long[rows];
        var fresh = Math.Min(rows, _capacity - Count);
        for (var i = 0; i < fresh; i++)
            places[i] = Count + i;
        Draw(Count, rows - fresh).CopyTo(places, fresh);
        _kept!.index_copy_(0, tensor(places).to(sequences.device), sequences.narrow(0, 0, rows));
        if (tokens is not null)
            _keptTokens!.index_copy_(0, tensor(places).to(tokens.device), tokens.narrow(0, 0, rows));
        Count += fresh;
    }

    // One row that is not finite would come back in step after step.
    private static void CheckFinite(Tensor sequences)
    {
        var finite = sequences.isfinite();
        if (finite.all().item<bool>())
            return;
        var row = finite.flatten(1).all(1).cpu().data<bool>().ToArray().AsSpan().IndexOf(false);
        throw new ArgumentException($"sequences, row {row}: expected finite values, found others.", nameof(sequences));
    }

    private static string Kind(Tensor rows) => $"({string.Join(", ", rows.shape[1..])}), {rows.dtype} on {rows.device}";

    // So many different numbers below another.
    private long[] Draw(int below, int count)
    {
        var numbers = Enumerable.Range(0, below).Select(number => (long)number).ToArray();
        for (var i = 0; i < count; i++)
        {
            var other = _random.Next(i, below);
            (numbers[i], numbers[other]) = (numbers[other], numbers[i]);
        }

        return numbers[..count];
    }
}
