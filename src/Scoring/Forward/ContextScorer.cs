namespace MlNetNtd;

/// <summary>
/// Appends tokens to contexts whose keys and values are kept, and scores candidates of their next positions, on several threads if there
/// are enough. For any number of callers at once. Nothing is allocated once it has seen as many rows.
/// </summary>
internal sealed unsafe class ContextScorer
{
    private readonly ForwardEngine _engine;
    private readonly float[] _initialEmbedding;
    private readonly int _threads;
    private readonly int _maxTokens;
    private readonly WorkerPool _workers;
    private readonly ObjectPool<Job> _jobs;
    private readonly ObjectPool<IncrementalPass> _passes;
    private readonly ObjectPool<KeyValueCache> _caches;

    /// <param name="engine">Creates the passes.</param>
    /// <param name="initialEmbedding">The embedding of position 0, C values, if the network has not learned it.</param>
    /// <param name="maxTokens">The maximum number of tokens of a sequence.</param>
    /// <param name="threads">The maximum number of threads of one call.</param>
    public ContextScorer(ForwardEngine engine, float[] initialEmbedding, int maxTokens, int threads)
    {
        (_engine, _initialEmbedding, _maxTokens, _threads) = (engine, engine.InitialEmbedding ?? initialEmbedding, maxTokens, threads);
        _workers = new WorkerPool(threads);
        _jobs = new(() => new Job(this));
        _passes = new(engine.CreateIncrementalPass);
        _caches = new(CreateCache);
    }

    private int Dimension => _initialEmbedding.Length;

    /// <summary>Takes a cache that holds the initial embedding alone.</summary>
    public KeyValueCache Rent()
    {
        var cache = _caches.Rent();
        // The initial embedding's keys and values stay in a cache, whatever sequence it served.
        cache.Count = 1;
        return cache;
    }

    /// <summary>Puts a cache back.</summary>
    public void Return(KeyValueCache cache) => _caches.Return(cache);

    /// <summary>Appends the same number of tokens to each context. The token of the last position, which no candidate sees, is not computed.</summary>
    /// <param name="contexts">The contexts, each once.</param>
    /// <param name="tokens">The tokens, (contexts, count, C), in memory that does not move.</param>
    /// <param name="count">The number of tokens of each.</param>
    public void Append(ReadOnlySpan<ScoringContext> contexts, float* tokens, int count)
    {
        foreach (var context in contexts)
            context.Cache.Reserve(Math.Min(context.Cache.Count + count, _maxTokens), _maxTokens);
        Run(contexts, tokens, count, null);
    }

    /// <summary>Scores the same number of candidates of the next position of each context.</summary>
    /// <param name="contexts">The contexts.</param>
    /// <param name="candidates">The candidates, (contexts, count, C), in memory that does not move.</param>
    /// <param name="count">The number of candidates of each.</param>
    /// <param name="logits">Receives the logits, (contexts, count).</param>
    public void Score(ReadOnlySpan<ScoringContext> contexts, float* candidates, int count, float* logits) => Run(contexts, candidates, count, logits);

    private void Run(ReadOnlySpan<ScoringContext> contexts, float* input, int count, float* logits)
    {
        var job = _jobs.Rent();
        try
        {
            _workers.Run(job, job.Divide(contexts, input, count, logits));
        }
        finally
        {
            job.Clear();
            _jobs.Return(job);
        }
    }

    private KeyValueCache CreateCache()
    {
        var cache = _engine.CreateCache();
        cache.Reserve(1, _maxTokens);
        var pass = _passes.Rent();
        fixed (float* initial = _initialEmbedding)
            pass.Append([new CachedRows(cache, initial, 1, null)]);
        _passes.Return(pass);
        return cache;
    }

    /// <summary>One call: its rows, divided into parts of consecutive ones.</summary>
    private sealed class Job(ContextScorer scorer) : IWork
    {
        private CachedRows[] _rows = [];
        private int[] _bounds = [0];
        private int _count;

        public int Divide(ReadOnlySpan<ScoringContext> contexts, float* input, int count, float* logits)
        {
            // Candidates of one position are independent of each other; tokens to append are not.
            var pieceRows = logits is null ? count : Math.Min(count, ForwardPass.TargetPositions);
            var pieces = contexts.Length * ((count + pieceRows - 1) / pieceRows);
            if (_rows.Length < pieces)
                (_rows, _bounds) = (new CachedRows[pieces], new int[pieces + 1]);

            // A part for each thread at least, but none of so few rows that the weights are read for nothing.
            var target = Math.Clamp((long)contexts.Length * count / scorer._threads, ForwardPass.TargetPositions / 4, ForwardPass.TargetPositions);
            var (parts, inPart) = (0, 0L);
            for (var i = 0; i < contexts.Length; i++)
            {
                var cache = contexts[i].Cache;
                var rows = logits is null ? Math.Min(count, scorer._maxTokens - cache.Count) : count;
                for (var first = 0; first < rows; first += pieceRows)
                {
                    var row = (nint)i * count + first;
                    var piece = Math.Min(pieceRows, rows - first);
                    if (_count == 0 || inPart >= target)
                        (_bounds[parts++], inPart) = (_count, 0);
                    _rows[_count++] = new CachedRows(cache, input + row * scorer.Dimension, piece, logits is null ? null : logits + row);
                    inPart += piece;
                }
            }

            _bounds[parts] = _count;
            return parts;
        }

        public void Run(int part)
        {
            var rows = _rows.AsSpan(_bounds[part].._bounds[part + 1]);
            var pass = scorer._passes.Rent();
            try
            {
                if (rows[0].Logits is null)
                    pass.Append(rows);
                else
                    pass.Score(rows);
            }
            finally
            {
                scorer._passes.Return(pass);
            }
        }

        public void Clear()
        {
            _rows.AsSpan(0, _count).Clear();
            _count = 0;
        }
    }
}
