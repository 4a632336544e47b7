using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>The windows of some sequences, numbered one after another, and the checked ids in them.</summary>
internal sealed class SequenceWindows
{
    private readonly IExceptionContext _context;
    private readonly IReadOnlyList<IReadOnlyList<int>> _sequences;
    private readonly int _embeddings;
    private readonly int? _window;
    private readonly int _stride;

    // The number of tokens of each sequence, and of the windows in all sequences before it.
    private readonly int[] _lengths;
    private readonly long[] _firstWindow;

    /// <param name="context">Marks errors.</param>
    /// <param name="sequences">The ids; only the lengths are read here.</param>
    /// <param name="embeddings">How many ids there are.</param>
    /// <param name="options">Windows and strides, checked.</param>
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
            var length = (sequences[number] ?? throw Refused($"sequence {number}: expected token ids, found null")).Count;
            var windows = length < (_window ?? 1) ? 0 : _window is { } needed ? (length - needed) / _stride + 1 : 1;
            if (windows == 0 && !options.SkipShortSequences)
            {
                throw Refused(
                    $"sequence {number}: expected at least {Counted(_window ?? 1)}{(_window is null ? "" : $" ({nameof(options.WindowTokens)})")}, found {length}; "
                    + $"{nameof(options.SkipShortSequences)} leaves such sequences out");
            }

            _lengths[number] = length;
            _firstWindow[number + 1] = _firstWindow[number] + windows;
        }

        if (Count == 0)
        {
            throw Refused(_lengths.Length == 0
                ? "expected at least one sequence, found none"
                : $"expected at least one sequence of {Counted(_window ?? 1)} or more, found {_lengths.Length} shorter ones");
        }

        Exception Refused(string problem) => context.Process(new ArgumentException($"sequences: {problem}.", nameof(sequences)));
    }

    /// <summary>How many windows there are.</summary>
    public long Count => _firstWindow[^1];

    /// <summary>How many sequences there are, those without a window included.</summary>
    public int Sequences => _lengths.Length;

    /// <summary>T of every window; null: each has its own.</summary>
    public int? Tokens => _window;

    /// <summary>Which sequence a window is in, where it begins there, and how many tokens it has.</summary>
    public (int Sequence, int First, int Tokens) Find(long window)
    {
        var at = Array.BinarySearch(_firstWindow, window);
        var sequence = at < 0 ? ~at - 1 : at;
        // Sequences without a window begin where the next one does.
        while (_firstWindow[sequence + 1] == window)
            sequence++;
        return (sequence, (int)(window - _firstWindow[sequence]) * _stride, _window ?? _lengths[sequence]);
    }

    /// <summary>How many tokens a sequence has.</summary>
    public int LengthOf(int sequence) => _lengths[sequence];

    /// <summary>Copies ids of a sequence, each checked.</summary>
    /// <param name="sequence">Which one.</param>
    /// <param name="first">From which token on.</param>
    /// <param name="destination">As many as it holds.</param>
    /// <exception cref="InvalidOperationException">An id has no embedding, or the sequence is not what it was.</exception>
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
