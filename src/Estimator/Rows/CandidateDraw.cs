using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>Draws the generated tokens of rows. It is thread-safe: its n-gram table is built once.</summary>
internal sealed class CandidateDraw
{
    private readonly IExceptionContext _context;
    private readonly SequenceWindows _windows;
    private readonly CandidateSource _source;
    private readonly TokenVectors _vectors;
    private readonly string _column;
    private readonly Lazy<NGramTable> _ngrams;

    /// <param name="context">Marks errors.</param>
    /// <param name="windows">The windows.</param>
    /// <param name="vectors">The vectors of tokens.</param>
    /// <param name="source">The source of candidates.</param>
    /// <param name="column">The column that errors name.</param>
    public CandidateDraw(IExceptionContext context, SequenceWindows windows, TokenVectors vectors, CandidateSource source, string column)
    {
        (_context, _windows, _vectors, _source, _column) = (context, windows, vectors, source, column);
        // One thread counts while the others wait. A failure is thrown to all of them.
        _ngrams = new(() => new NGramTable(windows, source.Order), LazyThreadSafetyMode.ExecutionAndPublication);
    }

    /// <summary>Writes the vectors of generated candidates for all tokens of a row.</summary>
    /// <param name="row">The row's number, for errors.</param>
    /// <param name="window">The row's window.</param>
    /// <param name="tokens">The row's real tokens.</param>
    /// <param name="random">The row's random number generator.</param>
    /// <param name="destination">Receives the vectors, (T, C).</param>
    /// <exception cref="InvalidOperationException">The caller's delegate returned invalid candidates, or the source has none for the row.</exception>
    public void Fill(long row, (int Sequence, int First, int Tokens) window, int[] tokens, Random random, Span<float> destination)
    {
        if (_source.Vectors is { } vectors)
        {
            FillVectors(row, vectors(tokens.ToArray(), random).Span, tokens.Length, destination);
            return;
        }

        var ids = _source.Kind switch
        {
            CandidateKind.Ids => CheckIds(row, _source.Ids!(tokens.ToArray(), random), tokens.Length),
            CandidateKind.Shuffled => Shuffle(row, tokens, random),
            CandidateKind.OtherRows => TakeFromOtherRows(row, window, random),
            _ => DrawNGrams(tokens, random),
        };
        for (var t = 0; t < ids.Length; t++)
            _vectors.Write(_column, row, tokens, t, ids[t], destination[(t * _vectors.Dimension)..]);
    }

    private int[] DrawNGrams(int[] tokens, Random random)
    {
        var ids = new int[tokens.Length];
        for (var t = 0; t < ids.Length; t++)
            ids[t] = _ngrams.Value.Draw(tokens.AsSpan(0, t), random);
        return ids;
    }

    private int[] Shuffle(long row, int[] tokens, Random random)
    {
        if (tokens.Length < 2)
            throw _context.Row(_column, row, "at least 2 tokens to shuffle (CandidateSource.Shuffled)", "1");
        var ids = tokens.ToArray();
        random.Shuffle(ids);
        // The shuffle may give the original order. Rotating by one token changes it, unless all tokens are equal.
        if (ids.AsSpan().SequenceEqual(tokens))
        {
            tokens.AsSpan(1).CopyTo(ids);
            ids[^1] = tokens[0];
        }

        return ids;
    }

    private int[] TakeFromOtherRows(long row, (int Sequence, int First, int Tokens) window, Random random)
    {
        var ids = new int[window.Tokens];
        if (_windows.Sequences == 1)
        {
            var starts = _windows.GetLength(0) - ids.Length;
            if (starts == 0)
                throw _context.Row(_column, row, "another row's tokens (CandidateSource.OtherRows)", "one sequence of one row");
            var start = random.Next(starts);
            _windows.Copy(0, start < window.First ? start : start + 1, ids);
            return ids;
        }

        for (var filled = 0; filled < ids.Length;)
        {
            var sequence = ChooseOtherSequence(row, window.Sequence, random);
            var length = _windows.GetLength(sequence);
            var start = random.Next(Math.Max(1, length - (ids.Length - filled) + 1));
            var count = Math.Min(length - start, ids.Length - filled);
            _windows.Copy(sequence, start, ids.AsSpan(filled, count));
            filled += count;
        }

        return ids;
    }

    // Chooses one of the other sequences that have tokens.
    private int ChooseOtherSequence(long row, int own, Random random)
    {
        var others = _windows.Sequences - 1;
        var first = random.Next(others);
        for (var i = 0; i < others; i++)
        {
            var index = (first + i) % others;
            var sequence = index < own ? index : index + 1;
            if (_windows.GetLength(sequence) > 0)
                return sequence;
        }

        throw _context.Row(_column, row, "another sequence with tokens (CandidateSource.OtherRows)", "none");
    }

    private int[] CheckIds(long row, IReadOnlyList<int>? found, int expected)
    {
        if (found is null || found.Count != expected)
            throw _context.Row(_column, row, $"{expected} candidate ids, one per token, of the delegate (CandidateSource.FromTokens)", found is null ? "null" : $"{found.Count}");
        var ids = found.ToArray();
        for (var t = 0; t < ids.Length; t++)
        {
            if ((uint)ids[t] >= (uint)_vectors.Count)
            {
                throw _context.Row(
                    _column, row, $"candidate ids from 0 to {_vectors.Count - 1}, the rows of the embedding table", $"{ids[t]} for token {t} of the delegate (CandidateSource.FromTokens)");
            }
        }

        return ids;
    }

    private void FillVectors(long row, ReadOnlySpan<float> found, int tokens, Span<float> destination)
    {
        var dimension = _vectors.Dimension;
        if (found.Length != tokens * dimension)
            throw _context.Row(_column, row, $"{tokens} * {dimension} values of the delegate (CandidateSource.FromEmbeddings)", $"{found.Length}");
        for (var i = 0; i < found.Length; i++)
        {
            if (!float.IsFinite(found[i]))
                throw _context.Row(_column, row, "finite values of the delegate (CandidateSource.FromEmbeddings)", FormattableString.Invariant($"{found[i]} in dimension {i % dimension} of token {i / dimension}"));
        }

        found.CopyTo(destination);
    }
}
