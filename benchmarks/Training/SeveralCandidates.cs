namespace MlNetNtd.Benchmarks;

/// <summary>The managed engine on a batch with several candidates of each token. A row that is run is a candidate.</summary>
internal sealed class SeveralCandidates : Implementation
{
    private readonly TrainingCase _one;
    private readonly int _candidates;
    private readonly bool _scores;
    private readonly ManagedLearner _learner;
    private readonly SequenceScorer _scorer;
    private readonly TrainingSequence[] _rows;
    private readonly Batch _batch;

    /// <param name="one">The size of a row.</param>
    /// <param name="candidatesPerToken">K.</param>
    /// <param name="scores">Whether to score instead of training.</param>
    public SeveralCandidates(TrainingCase one, int candidatesPerToken, bool scores)
        : base(Title(candidatesPerToken))
    {
        (_one, _candidates, _scores) = (one, candidatesPerToken, scores);
        var weights = StateDictionary.Initialize(one.Shape.Resolve(), seed: 1);
        _learner = new ManagedLearner(weights, new DiscriminatorLearnerOptions { CandidatesPerToken = candidatesPerToken });
        _scorer = new SequenceScorer(new ForwardEngine(weights), ThreadLimit.Get());
        var random = new Random(1);
        _rows = [.. Enumerable.Range(0, one.Rows).Select(_ => new TrainingSequence
        {
            Values = [.. Enumerable.Range(0, (1 + candidatesPerToken) * one.Tokens * one.Dimension).Select(_ => 2 * random.NextSingle() - 1)],
            PaddedTokens = one.Tokens,
            Tokens = one.Tokens,
            BatchTokens = one.Tokens,
            Labels = [.. Enumerable.Range(0, candidatesPerToken * one.Tokens).Select(i => i % candidatesPerToken == 0 ? 1f : 0f)],
            Weight = 1,
        })];
        _batch = new Batch(_rows, candidatesPerToken);
    }

    public override int Stride => _one.Rows * _one.Tokens * _candidates;

    /// <summary>Gets the name in tables.</summary>
    public static string Title(int candidatesPerToken) => $"K = {candidatesPerToken}";

    public override void Run(int rows)
    {
        for (var done = 0; done < rows; done += Stride)
        {
            if (_scores)
                _scorer.Score(_batch);
            else
                _learner.Step(_rows, LossKind.Token);
        }
    }

    public override void Dispose()
    {
    }

    private sealed class Batch(TrainingSequence[] rows, int candidatesPerToken) : ISequences
    {
        public int Count => rows.Length;

        public int CandidatesPerToken => candidatesPerToken;

        public int GetTokens(int sequence) => rows[sequence].Tokens;

        public void Read(int sequence, Span<float> context, Span<float> candidates)
        {
            rows[sequence].Values.AsSpan(0, context.Length).CopyTo(context);
            rows[sequence].Values.AsSpan(context.Length).CopyTo(candidates);
        }

        public void Write(int sequence, ReadOnlySpan<float> logits)
        {
        }
    }
}
