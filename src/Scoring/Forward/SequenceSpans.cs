namespace MlNetNtd;

/// <summary>Memory of a batch that does not move during a call.</summary>
/// <param name="context">The first sequence's context, or its real tokens.</param>
/// <param name="candidates">The first sequence's candidates.</param>
/// <param name="stride">The distance from one sequence's context to the next.</param>
/// <param name="candidateStride">The distance from one sequence's candidates to the next.</param>
/// <param name="logits">The first sequence's logits.</param>
/// <param name="padded">The distance from one sequence's logits to the next.</param>
/// <param name="shifts">
/// Whether the context is made of real tokens: the initial embedding, then all but the last. Otherwise it is there as it is.
/// </param>
internal readonly unsafe struct SequenceMemory(float* context, float* candidates, int stride, int candidateStride, float* logits, int padded, bool shifts)
{
    public readonly float* Context = context;
    public readonly float* Candidates = candidates;
    public readonly int Stride = stride;
    public readonly int CandidateStride = candidateStride;
    public readonly float* Logits = logits;
    public readonly int Padded = padded;
    public readonly bool Shifts = shifts;
}

/// <summary>The sequences of one call on spans. The spans are pinned while the call runs.</summary>
internal sealed unsafe class SequenceSpans : ISequences
{
    private SequenceMemory _memory;
    private float[] _initialEmbedding = [];
    private int[] _lengths = [];

    public int Count { get; private set; }

    public int CandidatesPerToken { get; private set; } = 1;

    /// <summary>Sets the sequences.</summary>
    public void Set(SequenceMemory memory, ReadOnlySpan<int> lengths, int candidatesPerToken, float[] initialEmbedding)
    {
        (_memory, Count, CandidatesPerToken, _initialEmbedding) = (memory, lengths.Length, candidatesPerToken, initialEmbedding);
        if (_lengths.Length < lengths.Length)
            _lengths = new int[lengths.Length];
        lengths.CopyTo(_lengths);
    }

    public int GetTokens(int sequence) => _lengths[sequence];

    public void Read(int sequence, Span<float> context, Span<float> candidates)
    {
        var offset = (nint)sequence * _memory.Stride;
        new ReadOnlySpan<float>(_memory.Candidates + (nint)sequence * _memory.CandidateStride, candidates.Length).CopyTo(candidates);
        if (!_memory.Shifts)
        {
            new ReadOnlySpan<float>(_memory.Context + offset, context.Length).CopyTo(context);
            return;
        }

        _initialEmbedding.CopyTo(context);
        new ReadOnlySpan<float>(_memory.Context + offset, context.Length - _initialEmbedding.Length).CopyTo(context[_initialEmbedding.Length..]);
    }

    public void Write(int sequence, ReadOnlySpan<float> logits)
    {
        var row = new Span<float>(_memory.Logits + (nint)sequence * _memory.Padded, _memory.Padded);
        logits.CopyTo(row);
        row[logits.Length..].Fill(float.NaN);
    }
}
