using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>The windows of all sequences, numbered consecutively. It checks the token ids that it copies.</summary>
internal sealed class SequenceWindows
{
    private readonly IExceptionContext _context;
    private readonly IReadOnlyList<IReadOnlyList<int>> _sequences;
    private readonly int _embeddings;
    private readonly int? _window;
    private readonly int _stride;

    // For each sequence, the number of its tokens, and the number of windows in the sequences before it.
    private readonly int[] _lengths;
    private readonly long[] _firstWindow;

    /// <param name="context">Marks errors.</param>
    /// <param name="sequences">The token ids. The constructor reads only the lengths.</param>
    /// <param name="embeddings">V, the number of embeddings.</param>
    /// <param name="options">The validated options.</param>
    /// <exception cref="ArgumentException">There are no windows, or a sequence is too short for one.</exception>
    public SequenceWindows(IExceptionContext context, IReadOnlyList<IReadOnlyList<int>> sequences, int embeddings, DiscriminatorRowOptions options)
    {
        (_context, _sequences, _embeddings) = (context, sequences, embeddings);
        _window = options.WindowTokens is > 0 and var tokens ? tokens : null;
        _stride = options.Stride is > 0 and var stride ? stride : _window ?? 1;
        _lengths = new int[sequences.Count];
        _firstWindow = new long[sequences.Count + 1];
        for (var number = 0; number < _lengths.Length; number++)
        {
            var length = (sequences[number] ?? throw Invalid($"sequence {number}: expected token ids, found null")).Count;
            var windows = length < (_window ?? 1) ? 0 : _window is { } needed ? (length - needed) / _stride + 1 : 1;
            if (windows == 0 && !options.SkipShortSequences)
            {
                throw Invalid(
                    $"sequence {number}: expected at least {Counted(_window ?? 1)}{(_window is null ? "" : $" ({nameof(options.WindowTokens)})")}, found {length}; "
                    + $"{nameof(options.SkipShortSequences)} leaves such sequences out");
            }

            _lengths[number] = length;
            _firstWindow[number + 1] = _firstWindow[number] + windows;
        }

        if (Count == 0)
        {
            throw Invalid(_lengths.Length == 0
                ? "expected at least one sequence, found none"
                : $"expected at least one sequence of {Counted(_window ?? 1)} or more, found {_lengths.Length} shorter ones");
        }

        Exception Invalid(string problem) => context.Process(new ArgumentException($"sequences: {problem}.", nameof(sequences)));
    }

    /// <summary>The number of windows.</summary>
    public long Count => _firstWindow[^1];

    /// <summary>The number of sequences, including those without a window.</summary>
    public int Sequences => _lengths.Length;

    /// <summary>T of every window; null if windows differ in length.</summary>
    public int? Tokens => _window;

    /// <summary>Gets the sequence of a window, the position of its first token there, and its number of tokens.</summary>
    public (int Sequence, int First, int Tokens) Find(long window)
    {
        var index = Array.BinarySearch(_firstWindow, window);
        var sequence = index < 0 ? ~index - 1 : index;
        // A sequence without windows has the same first window as the next one: skip it.
        while (_firstWindow[sequence + 1] == window)
            sequence++;
        return (sequence, (int)(window - _firstWindow[sequence]) * _stride, _window ?? _lengths[sequence]);
    }

    /// <summary>Gets the number of tokens in a sequence.</summary>
    public int GetLength(int sequence) => _lengths[sequence];

    /// <summary>Copies and checks consecutive ids of a sequence.</summary>
    /// <param name="sequence">The index of the sequence.</param>
    /// <param name="first">The position of the first id to copy.</param>
    /// <param name="destination">Receives the ids. Its length is the number of ids to copy.</param>
    /// <exception cref="InvalidOperationException">An id has no embedding, or the sequence has changed.</exception>
    public void Copy(int sequence, int first, Span<int> destination)
    {
        var ids = _sequences[sequence];
        if (ids is null || ids.Count != _lengths[sequence])
        {
            throw _context.Unable(
                $"Sequence {sequence} changed: expected {_lengths[sequence]} tokens, as at first, found {(ids is null ? "null" : ids.Count)}.");
        }

        for (var i = 0; i < destination.Length; i++)
        {
            var id = ids[first + i];
            if ((uint)id >= (uint)_embeddings)
                throw _context.Unable($"Sequence {sequence}, token {first + i}: expected an id from 0 to {_embeddings - 1}, the rows of the embedding table, found {id}.");
            destination[i] = id;
        }
    }

    private static string Counted(int tokens) => tokens == 1 ? "1 token" : $"{tokens} tokens";
}
