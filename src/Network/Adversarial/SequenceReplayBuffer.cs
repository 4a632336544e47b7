using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>
/// A replay buffer: keeps generated sequences of earlier steps and mixes them into new ones, so that the discriminator does not
/// forget earlier outputs of the generator, and the two do not cycle (arXiv 1612.07828).
/// </summary>
public sealed class SequenceReplayBuffer : IDisposable
{
    private readonly int _capacity;
    private readonly int _candidatesPerToken;
    private readonly Random _random;
    private Tensor? _kept;
    private Tensor? _keptTokens;

    /// <summary>Initializes an empty buffer.</summary>
    /// <param name="capacity">The maximum number of rows; each takes 4 * (1 + K) * T * C bytes.</param>
    /// <param name="seed">The seed that decides which rows are kept and which are returned.</param>
    /// <param name="candidatesPerToken">
    /// K, the number of candidates of each token (<see cref="AdversarialOptions.CandidatesPerToken"/>), 1 to 1,024. Below, 2T and 2P then
    /// stand for T + T * K and P + P * K.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is not positive, or K is out of range.</exception>
    public SequenceReplayBuffer(int capacity, int seed = 0, int candidatesPerToken = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        if (CandidateCount.FindProblem(candidatesPerToken) is { } problem)
            throw new ArgumentOutOfRangeException(nameof(candidatesPerToken), $"candidatesPerToken: {problem.Problem}.");
        _capacity = capacity;
        _candidatesPerToken = candidatesPerToken;
        _random = new Random(seed);
    }

    /// <summary>Gets the number of rows kept.</summary>
    public int Count { get; private set; }

    /// <summary>
    /// Replaces some rows by old ones, and keeps the new rows: in free slots first, then in place of randomly drawn old rows.
    /// </summary>
    /// <param name="sequences">Generated sequences, (B, 2T, C). All calls need the same shape except for B.</param>
    /// <param name="fraction">The fraction of rows to replace, 0 to 1; fewer are replaced while fewer are kept.</param>
    /// <returns>(B, 2T, C), without gradients, which belongs to the caller or to the caller's dispose scope.</returns>
    /// <remarks>
    /// Padded rows need the overload with tokens, because an old row has other real tokens than the row it replaces.
    /// </remarks>
    /// <exception cref="ArgumentException">
    /// The sequences differ in shape, type or device from those kept, or have a value that is not finite.
    /// </exception>
    public Tensor Mix(Tensor sequences, double fraction = 0.5) => Mix(sequences, null, fraction).Sequences;

    /// <summary>Replaces some rows by old ones, and keeps the new rows. Old rows come with their own real tokens.</summary>
    /// <param name="sequences">Generated sequences, (B, 2P, C). All calls need the same shape except for B.</param>
    /// <param name="tokens">
    /// (B, P): 1 for a real token, 0 for padding (<see cref="SequenceBatch.RealTokens"/>); null if none of these rows is padded.
    /// </param>
    /// <param name="fraction">The fraction of rows to replace, 0 to 1; fewer are replaced while fewer are kept.</param>
    /// <returns>
    /// The sequences, (B, 2P, C), and the tokens, (B, P), for <c>generatedTokens</c> of <see cref="AdversarialTrainer"/>; null as
    /// long as no row was padded. They have no gradients and belong to the caller or to the caller's dispose scope.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// The sequences differ in shape, type or device from those kept, or have a value that is not finite; or the tokens are not (B,
    /// P) of 1 and 0.
    /// </exception>
    public (Tensor Sequences, Tensor? Tokens) Mix(Tensor sequences, Tensor? tokens, double fraction = 0.5)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        if (!(fraction >= 0 && fraction <= 1))
            throw new ArgumentOutOfRangeException(nameof(fraction), FormattableString.Invariant($"expected 0 to 1, found {fraction}."));
        using var scope = NewDisposeScope();
        // A generator may run in inference mode; its tensors could neither be changed outside that mode nor trained on.
        using var mode = inference_mode(false);
        using var noGrad = no_grad();
        var rows = (int)sequences.shape[0];
        CheckLength(sequences);
        CheckFinite(sequences);
        _kept ??= empty([_capacity, .. sequences.shape[1..]], dtype: sequences.dtype, device: sequences.device).DetachFromDisposeScope();
        if (Describe(_kept) is var expected && Describe(sequences) is var found && expected != found)
            throw new ArgumentException($"sequences: expected rows of {expected} as before, found {found}.", nameof(sequences));

        if (tokens is not null)
            LossInputs.CheckTokens(tokens, [rows, CountTokens(sequences)], nameof(tokens), requireEachRow: false);
        tokens = RealTokens(sequences, tokens);
        var replaced = Math.Min(Count, (int)Math.Round(fraction * rows));
        var (mixed, mixedTokens) = (sequences.detach().clone(), tokens?.clone());
        if (replaced > 0)
        {
            var (slots, drawn) = (Draw(rows, replaced), Draw(Count, replaced));
            Replace(mixed, _kept);
            if (mixedTokens is not null)
                Replace(mixedTokens, _keptTokens!);

            void Replace(Tensor target, Tensor kept) =>
                target.index_copy_(0, tensor(slots).to(target.device), kept.index_select(0, tensor(drawn).to(target.device)));
        }

        Keep(sequences.detach(), tokens);
        return (mixed.MoveToOuterDisposeScope(), mixedTokens?.MoveToOuterDisposeScope());
    }

    /// <summary>Frees the kept rows.</summary>
    public void Dispose()
    {
        _kept?.Dispose();
        _keptTokens?.Dispose();
    }

    // Tokens are kept from the first padded row on; earlier rows had no padding.
    private Tensor? RealTokens(Tensor sequences, Tensor? tokens)
    {
        if (tokens is null && _keptTokens is null)
            return null;
        _keptTokens ??= Ones(_capacity).DetachFromDisposeScope();
        return tokens?.detach().to(sequences.dtype) ?? Ones(sequences.shape[0]);

        Tensor Ones(long rows) => ones([rows, CountTokens(sequences)], dtype: sequences.dtype, device: sequences.device);
    }

    private void Keep(Tensor sequences, Tensor? tokens)
    {
        var rows = (int)Math.Min(sequences.shape[0], _capacity);
        var slots = new long[rows];
        var added = Math.Min(rows, _capacity - Count);
        for (var i = 0; i < added; i++)
            slots[i] = Count + i;
        Draw(Count, rows - added).CopyTo(slots, added);
        _kept!.index_copy_(0, tensor(slots).to(sequences.device), sequences.narrow(0, 0, rows));
        if (tokens is not null)
            _keptTokens!.index_copy_(0, tensor(slots).to(tokens.device), tokens.narrow(0, 0, rows));
        Count += added;
    }

    private long CountTokens(Tensor sequences) => sequences.shape[1] / (1 + _candidatesPerToken);

    private void CheckLength(Tensor sequences)
    {
        if (_candidatesPerToken == 1 || (sequences.dim() == 3 && sequences.shape[1] % (1 + _candidatesPerToken) == 0))
            return;
        throw new ArgumentException(
            $"sequences: expected (B, {1 + _candidatesPerToken} * T, C) with {_candidatesPerToken} candidates of each token (candidatesPerToken), found ({string.Join(", ", sequences.shape)}).",
            nameof(sequences));
    }

    // A row that is not finite would return step after step.
    private static void CheckFinite(Tensor sequences)
    {
        var finite = sequences.isfinite();
        if (finite.all().item<bool>())
            return;
        var row = finite.flatten(1).all(1).cpu().data<bool>().ToArray().AsSpan().IndexOf(false);
        throw new ArgumentException($"sequences, row {row}: expected finite values, found others.", nameof(sequences));
    }

    private static string Describe(Tensor rows) => $"({string.Join(", ", rows.shape[1..])}), {rows.dtype} on {rows.device}";

    // Draws distinct numbers below a bound.
    private long[] Draw(int bound, int count)
    {
        var numbers = Enumerable.Range(0, bound).Select(number => (long)number).ToArray();
        for (var i = 0; i < count; i++)
        {
            var swapped = _random.Next(i, bound);
            (numbers[i], numbers[swapped]) = (numbers[swapped], numbers[i]);
        }

        return numbers[..count];
    }
}
