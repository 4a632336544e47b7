namespace MlNetNtd;

/// <summary>
/// A generator corrected by a discriminator, position by position: P(token) = generator(token) * exp(alpha * score(token)) / Z. The
/// generator stays as it is.
/// </summary>
/// <remarks>
/// <para>
/// Sources: Deng et al., Residual Energy-Based Models for Text Generation, 2020 (arXiv 2004.11714), where the energy is
/// -alpha * score; Azadi et al., Discriminator Rejection Sampling, 2019. <see cref="Sample"/> draws K tokens of the generator and picks
/// one of them.
/// </para>
/// <para>
/// The random numbers of draws and picks depend on the seed, the sequence and the position alone. One thread at a time may use a model; its
/// delegates are called on that thread.
/// </para>
/// </remarks>
public sealed partial class ResidualModel : IDisposable
{
    private readonly ProposalDistribution _proposal;
    private readonly CandidateScoring _discriminator;
    private readonly TokenIdContext? _context;
    private readonly int _vocabulary;
    private readonly int _seed;
    private CandidateResampler _resampler;

    // The draws of a position, and their scores.
    private readonly int[] _draws;
    private readonly float[] _drawScores;
    private readonly DistinctTokens _tokens;

    /// <summary>Creates a model from two delegates.</summary>
    /// <param name="generator">The generator.</param>
    /// <param name="discriminator">The discriminator.</param>
    /// <param name="options">The options.</param>
    /// <exception cref="ArgumentException">
    /// An option is out of range, or <see cref="ResidualModelOptions.TokenFeatures"/> is set: the delegate computes what it needs.
    /// </exception>
    public ResidualModel(NextTokenDistribution generator, CandidateScoring discriminator, ResidualModelOptions options)
        : this(generator, discriminator, options, context: null)
    {
        if (options.TokenFeatures is not null)
            throw new ArgumentException("TokenFeatures: expected null where the discriminator is a delegate of ids, found features.", nameof(options));
    }

    private ResidualModel(NextTokenDistribution generator, CandidateScoring discriminator, ResidualModelOptions options, TokenIdContext? context)
    {
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentNullException.ThrowIfNull(discriminator);
        ArgumentNullException.ThrowIfNull(options);
        _context = context;
        if (options.VocabularySize < 1)
            throw new ArgumentException($"VocabularySize: expected at least 1, found {options.VocabularySize}.", nameof(options));
        if (options.Candidates < 1)
            throw new ArgumentException($"Candidates: expected at least 1, found {options.Candidates}.", nameof(options));
        if (!CandidateResampler.IsValid(options.Alpha))
            throw new ArgumentException($"Alpha: {CandidateResampler.GetProblem(options.Alpha)}.", nameof(options));
        (_vocabulary, _seed, Candidates, _discriminator) = (options.VocabularySize, options.Seed, options.Candidates, discriminator);
        _proposal = new ProposalDistribution(generator, _vocabulary);
        _resampler = new CandidateResampler(options.Alpha, _seed);
        (_draws, _drawScores) = (new int[Candidates], new float[Candidates]);
        _tokens = new DistinctTokens(_vocabulary);
    }

    /// <summary>Creates a model whose discriminator is a token scorer. Keys and values of the context are reused between calls.</summary>
    /// <param name="generator">The generator.</param>
    /// <param name="scorer">The scorer. Sequences have at most its MaxTokens tokens.</param>
    /// <param name="embeddings">
    /// Looks up the embedding of a token id: C values, less the number of <see cref="ResidualModelOptions.TokenFeatures"/>.
    /// </param>
    /// <param name="options">The options.</param>
    /// <exception cref="ArgumentException">
    /// An option is out of range, or the features are too many for the scorer, or of fewer ids than the generator has.
    /// </exception>
    public ResidualModel(NextTokenDistribution generator, TokenScorer scorer, Func<int, ReadOnlySpan<float>> embeddings, ResidualModelOptions options)
        : this(generator, CreateContext(scorer, embeddings, options), options)
    {
    }

    private ResidualModel(NextTokenDistribution generator, TokenIdContext context, ResidualModelOptions options)
        : this(generator, context.Score, options, context)
    {
    }

    /// <summary>Gets K, the number of draws for each position.</summary>
    public int Candidates { get; }

    /// <summary>Gets or sets the factor of scores. 0: the generator alone.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not finite, or beyond 1e9.</exception>
    public double Alpha
    {
        get => _resampler.Alpha;
        set => _resampler = new CandidateResampler(value, _seed);
    }

    /// <summary>Draws K tokens of the generator and picks one of them, with a probability proportional to exp(alpha * score).</summary>
    /// <param name="context">The ids of the tokens before it.</param>
    /// <param name="sequence">The number of the sequence: each has its own draws.</param>
    /// <returns>The token's id.</returns>
    /// <exception cref="InvalidOperationException">The generator's distribution has no mass or contains NaN, or a score is not finite.</exception>
    public int Sample(ReadOnlySpan<int> context, long sequence = 0)
    {
        _proposal.Read(context, sequence);
        Draw(context.Length, sequence);
        _tokens.Clear();
        ScoreDraws(context, sequence);
        return _draws[_resampler.Pick(_drawScores, sequence, context.Length)];
    }

    /// <summary>Continues a sequence token by token.</summary>
    /// <param name="tokens">The number of tokens of the sequence, those of the prompt included.</param>
    /// <param name="sequence">The number of the sequence: each has its own draws.</param>
    /// <param name="prompt">The ids that it begins with.</param>
    /// <returns>The ids of the sequence.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The prompt is longer than that.</exception>
    /// <exception cref="InvalidOperationException">The generator's distribution has no mass or contains NaN, or a score is not finite.</exception>
    public int[] Generate(int tokens, long sequence = 0, ReadOnlySpan<int> prompt = default)
    {
        if (tokens < prompt.Length)
            throw new ArgumentOutOfRangeException(nameof(tokens), $"tokens: expected at least {prompt.Length}, the tokens of the prompt, found {tokens}.");
        var ids = new int[tokens];
        prompt.CopyTo(ids);
        for (var position = prompt.Length; position < tokens; position++)
            ids[position] = Sample(ids.AsSpan(0, position), sequence);
        return ids;
    }

    /// <summary>Gives the memory of the context back to the scorer, if there is one.</summary>
    public void Dispose() => _context?.Dispose();

    private static TokenIdContext CreateContext(TokenScorer scorer, Func<int, ReadOnlySpan<float>> embeddings, ResidualModelOptions options)
    {
        ArgumentNullException.ThrowIfNull(scorer);
        ArgumentNullException.ThrowIfNull(embeddings);
        ArgumentNullException.ThrowIfNull(options);
        if (options.TokenFeatures is { } features)
        {
            if (features.Count >= scorer.EmbeddingDimension)
                throw new ArgumentException($"TokenFeatures: expected fewer than {scorer.EmbeddingDimension} features (EmbeddingDimension of the scorer), found {features.Count}.", nameof(options));
            if (features.VocabularySize < options.VocabularySize)
                throw new ArgumentException($"TokenFeatures: expected features of at least {options.VocabularySize} ids (VocabularySize), found {features.VocabularySize}.", nameof(options));
        }

        return new TokenIdContext(scorer, embeddings, options.TokenFeatures);
    }

    private void Draw(int position, long sequence)
    {
        for (var i = 0; i < _draws.Length; i++)
            _draws[i] = _proposal.Draw(SplitMix64.ToUnitInterval(SplitMix64.Hash(_seed, sequence, position, i)));
    }

    // Scores the draws beside the tokens that are there already. A token that is drawn twice is scored once.
    private void ScoreDraws(ReadOnlySpan<int> context, long sequence)
    {
        foreach (var draw in _draws)
            _tokens.Add(draw);
        ScoreTokens(context, sequence);
        for (var i = 0; i < _draws.Length; i++)
            _drawScores[i] = _tokens.GetScore(_draws[i]);
    }

    private void ScoreTokens(ReadOnlySpan<int> context, long sequence)
    {
        var scores = _tokens.Scores;
        scores.Fill(float.NaN);
        _discriminator(context, _tokens.Ids, scores);
        if (FiniteCheck.IndexOfNonFinite(scores) is >= 0 and var index)
        {
            throw new InvalidOperationException(FormattableString.Invariant(
                $"Sequence {sequence}, position {context.Length}: expected finite scores of the discriminator, found {scores[index]} for token {_tokens.Ids[index]}."));
        }
    }
}
