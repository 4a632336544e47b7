namespace MlNetNtd;

/// <summary>Sequences to score, in whatever memory they lie.</summary>
internal interface ISequences
{
    /// <summary>Gets the number of sequences.</summary>
    int Count { get; }

    /// <summary>Gets K, the number of candidates of each token.</summary>
    int CandidatesPerToken => 1;

    /// <summary>Gets the number of tokens of a sequence.</summary>
    int GetTokens(int sequence);

    /// <summary>Copies a sequence.</summary>
    /// <param name="sequence">The index of the sequence.</param>
    /// <param name="context">Receives the context, T * C values.</param>
    /// <param name="candidates">Receives the candidates, T * K * C values.</param>
    void Read(int sequence, Span<float> context, Span<float> candidates);

    /// <summary>Receives the logits of a sequence, T * K values. Called from several threads, once for each sequence.</summary>
    void Write(int sequence, ReadOnlySpan<float> logits);
}

/// <summary>
/// Scores any number of sequences, on several threads if there are enough. For any number of callers at once. Nothing is allocated
/// once it has seen as many sequences of such lengths.
/// </summary>
/// <param name="engine">Creates the forward passes.</param>
/// <param name="threads">The maximum number of threads of one call.</param>
internal sealed class SequenceScorer(ForwardEngine engine, int threads)
{
    private readonly WorkerPool _workers = new(threads);
    private readonly ObjectPool<Job> _jobs = new(() => new Job());
    private readonly ObjectPool<Pass> _passes = new(() => new Pass(engine.CreatePass()));

    /// <summary>Scores sequences.</summary>
    public void Score(ISequences sequences)
    {
        var job = _jobs.Rent();
        try
        {
            var parts = job.Divide(this, sequences, threads);
            _workers.Run(job, parts);
        }
        finally
        {
            job.Clear();
            _jobs.Return(job);
        }
    }

    /// <summary>One call: its sequences, divided into parts of consecutive ones.</summary>
    private sealed class Job : IWork
    {
        private SequenceScorer? _scorer;
        private ISequences? _sequences;

        // The first sequence of each part, and the number of sequences.
        private int[] _bounds = [];

        public int Divide(SequenceScorer scorer, ISequences sequences, int threads)
        {
            (_scorer, _sequences) = (scorer, sequences);
            if (_bounds.Length < sequences.Count + 1)
                _bounds = new int[sequences.Count + 1];
            long positions = 0;
            var perToken = 1L + sequences.CandidatesPerToken;
            for (var i = 0; i < sequences.Count; i++)
                positions += perToken * sequences.GetTokens(i);
            // A part for each thread at least, but none of so few positions that the weights are read for nothing.
            var target = Math.Clamp(positions / threads, ForwardPass.TargetPositions / 4, ForwardPass.TargetPositions);
            var (parts, inPart) = (0, 0L);
            for (var i = 0; i < sequences.Count; i++)
            {
                if (i == 0 || inPart >= target)
                    (_bounds[parts++], inPart) = (i, 0);
                inPart += perToken * sequences.GetTokens(i);
            }

            _bounds[parts] = sequences.Count;
            return parts;
        }

        public void Run(int part)
        {
            var pass = _scorer!._passes.Rent();
            try
            {
                pass.Run(_sequences!, _bounds[part], _bounds[part + 1]);
            }
            finally
            {
                _scorer._passes.Return(pass);
            }
        }

        public void Clear() => (_scorer, _sequences) = (null, null);
    }

    /// <summary>A forward pass with memory for the lengths and the logits.</summary>
    private sealed class Pass(ForwardPass forward)
    {
        private int[] _lengths = [];
        private float[] _logits = [];

        public void Run(ISequences sequences, int first, int end)
        {
            var (count, tokens, candidates) = (end - first, 0, sequences.CandidatesPerToken);
            if (_lengths.Length < count)
                _lengths = new int[count];
            for (var i = 0; i < count; i++)
                tokens += _lengths[i] = sequences.GetTokens(first + i);
            if (_logits.Length < tokens * candidates)
                _logits = new float[tokens * candidates];

            forward.Prepare(_lengths.AsSpan(0, count), candidates);
            for (var i = 0; i < count; i++)
                sequences.Read(first + i, forward.Context(i), forward.Candidates(i));
            forward.Run(_logits.AsSpan(0, tokens * candidates));
            var next = 0;
            for (var i = 0; i < count; i++)
            {
                sequences.Write(first + i, _logits.AsSpan(next, candidates * _lengths[i]));
                next += candidates * _lengths[i];
            }
        }
    }
}
