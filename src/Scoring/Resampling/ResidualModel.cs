using System.Runtime.InteropServices;

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
/// Draws and picks depend on the seed, the sequence and the position alone. One thread at a time may use a model; its delegates are called
/// on that thread.
/// </para>
/// </remarks>
public sealed class ResidualModel : IDisposable
{
    private readonly ProposalDistribution _proposal;
    private readonly CandidateScoring _discriminator;
    private readonly TokenIdContext? _context;
    private readonly int _vocabulary;
    private readonly int _seed;
    private CandidateResampler _resampler;

    // The draws of a position, and its distinct tokens: a token that is drawn twice is scored once.
    private readonly int[] _draws;
    private readonly float[] _drawScores;
    private readonly int[] _slots;
    private readonly int[] _distinct;
    private readonly float[] _distinctScores;
    private int _distinctCount;

    /// <summary>Creates a model from two delegates.</summary>
    /// <param name="generator">The generator.</param>
    /// <param name="discriminator">The discriminator.</param>
    /// <param name="options">The options.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public ResidualModel(NextTokenDistribution generator, CandidateScoring discriminator, ResidualModelOptions options)
    {
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentNullException.ThrowIfNull(discriminator);
        ArgumentNullException.ThrowIfNull(options);
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
        _slots = new int[_vocabulary];
        (_distinct, _distinctScores) = (new int[_vocabulary], new float[_vocabulary]);
    }

    /// <summary>Creates a model whose discriminator is a token scorer. The context's keys and values are kept.</summary>
    /// <param name="generator">The generator.</param>
    /// <param name="scorer">The scorer. Sequences have at most its MaxTokens tokens.</param>
    /// <param name="embeddings">Looks up the embedding of a token id, C values.</param>
    /// <param name="options">The options.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public ResidualModel(NextTokenDistribution generator, TokenScorer scorer, Func<int, ReadOnlySpan<float>> embeddings, ResidualModelOptions options)
        : this(generator, CreateContext(scorer, embeddings), options)
    {
    }

    private ResidualModel(NextTokenDistribution generator, TokenIdContext context, ResidualModelOptions options)
        : this(generator, context.Score, options) => _context = context;

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
    /// <param name="sequence">The number of the sequence: others have other draws.</param>
    /// <returns>The token's id.</returns>
    /// <exception cref="InvalidOperationException">The generator's distribution has no mass or NaN, or a score is not finite.</exception>
    public int Sample(ReadOnlySpan<int> context, long sequence = 0)
    {
        _proposal.Read(context, sequence);
        Draw(context.Length, sequence);
        BeginScoring();
        foreach (var draw in _draws)
            Add(draw);
        Score(context, sequence);
        return _draws[_resampler.Pick(_drawScores, sequence, context.Length)];
    }

    /// <summary>Continues a sequence token by token.</summary>
    /// <param name="tokens">The number of tokens of the sequence, those of the prompt included.</param>
    /// <param name="sequence">The number of the sequence: others have other draws.</param>
    /// <param name="prompt">The ids that it begins with.</param>
    /// <returns>The ids of the sequence.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The prompt is longer.</exception>
    /// <exception cref="InvalidOperationException">The generator's distribution has no mass or NaN, or a score is not finite.</exception>
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

    /// <summary>Finds the alpha with the greatest likelihood of real sequences, none of which the discriminator was trained on.</summary>
    /// <remarks>
    /// At each position the real token is compared with K - 1 draws of the generator: <see cref="ResidualEvaluation.ResamplingLossUpperBound"/>
    /// is least there. The likelihood is concave in alpha. If the score is the true log-ratio, the result approaches 1 with the number
    /// of tokens, for every K. Set <see cref="Alpha"/> to the result.
    /// </remarks>
    /// <param name="sequences">The token ids of the sequences.</param>
    /// <returns>Alpha; 0 if all scores are equal.</returns>
    /// <exception cref="ArgumentException">There are no tokens, or an id is out of range.</exception>
    /// <exception cref="InvalidOperationException">
    /// There is only one candidate, every real token scores above its draws, the generator's distribution has no mass or NaN, or a score is
    /// not finite.
    /// </exception>
    public double FitAlpha(IEnumerable<IReadOnlyList<int>> sequences)
    {
        if (Candidates < 2)
            throw new InvalidOperationException($"FitAlpha: expected at least 2 candidates, found {Candidates}.");
        var scores = new List<float>();
        ForEachToken(sequences, (target, score) =>
        {
            scores.Add(score);
            scores.AddRange(_drawScores.AsSpan(0, Candidates - 1));
        });
        return AlphaFit.Run(CollectionsMarshal.AsSpan(scores), Candidates);
    }

    /// <summary>Estimates the losses of generator and residual model on real sequences.</summary>
    /// <param name="sequences">The token ids of the sequences.</param>
    /// <returns>The losses, and the side of each bound.</returns>
    /// <exception cref="ArgumentException">There are no tokens, or an id is out of range.</exception>
    /// <exception cref="InvalidOperationException">The generator's distribution has no mass or NaN, or a score is not finite.</exception>
    public ResidualEvaluation Evaluate(IEnumerable<IReadOnlyList<int>> sequences)
    {
        var (tokens, generator, resampling, lower, upper) = (0L, 0.0, 0.0, 0.0, 0.0);
        var withTarget = new float[Candidates];
        ForEachToken(sequences, (target, score) =>
        {
            withTarget[0] = score;
            _drawScores.AsSpan(0, Candidates - 1).CopyTo(withTarget.AsSpan(1));
            var (own, count) = (Alpha * score, Math.Log(Candidates));
            var loss = -_proposal.GetLogProbability(target);
            var estimate = CandidateResampler.LogSumExp(_drawScores, Alpha) - count;
            tokens++;
            generator += loss;
            resampling += loss - own + CandidateResampler.LogSumExp(withTarget, Alpha) - count;
            lower += loss - own + estimate;
            upper += loss - own + (2 * Candidates - 1) * estimate - 2 * (Candidates - 1) * LeaveOneOut();
        });
        return new ResidualEvaluation(tokens, generator / tokens, resampling / tokens, lower / tokens, Candidates == 1 ? double.NaN : upper / tokens);
    }

    /// <summary>Computes the loss of the residual distribution exactly: each position sums over the vocabulary.</summary>
    /// <param name="sequences">The token ids of the sequences.</param>
    /// <returns>The loss, in nats per token.</returns>
    /// <exception cref="ArgumentException">There are no tokens, or an id is out of range.</exception>
    /// <exception cref="InvalidOperationException">The generator's distribution has no mass or NaN, or a score is not finite.</exception>
    public double ComputeExactLoss(IEnumerable<IReadOnlyList<int>> sequences)
    {
        var (tokens, sum) = (0L, 0.0);
        ForEachPosition(sequences, (ids, position, sequence) =>
        {
            var context = ids.AsSpan(0, position);
            BeginScoring();
            for (var id = 0; id < _vocabulary; id++)
                Add(id);
            Score(context, sequence);
            // A token's slot is its id.
            var largest = double.NegativeInfinity;
            for (var id = 0; id < _vocabulary; id++)
                largest = Math.Max(largest, LogWeight(id));
            var total = 0.0;
            for (var id = 0; id < _vocabulary; id++)
                total += Math.Exp(LogWeight(id) - largest);
            tokens++;
            sum += largest + Math.Log(total) - LogWeight(ids[position]);
        });
        return sum / tokens;

        double LogWeight(int id) => _proposal.GetLogProbability(id) + Alpha * _distinctScores[id];
    }

    /// <summary>Gives the memory of the context back to the scorer, if there is one.</summary>
    public void Dispose() => _context?.Dispose();

    private static TokenIdContext CreateContext(TokenScorer scorer, Func<int, ReadOnlySpan<float>> embeddings)
    {
        ArgumentNullException.ThrowIfNull(scorer);
        ArgumentNullException.ThrowIfNull(embeddings);
        return new TokenIdContext(scorer, embeddings);
    }

    // Scores the real token and K draws of each position.
    private void ForEachToken(IEnumerable<IReadOnlyList<int>> sequences, Action<int, float> act) =>
        ForEachPosition(sequences, (ids, position, sequence) =>
        {
            Draw(position, sequence);
            BeginScoring();
            var target = ids[position];
            Add(target);
            foreach (var draw in _draws)
                Add(draw);
            Score(ids.AsSpan(0, position), sequence);
            act(target, _distinctScores[0]);
        });

    private void ForEachPosition(IEnumerable<IReadOnlyList<int>> sequences, Action<int[], int, long> act)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        var (sequence, tokens) = (0L, 0L);
        foreach (var one in sequences)
        {
            int[] ids = [.. one ?? throw new ArgumentException($"Sequence {sequence}: expected token ids, found null.", nameof(sequences))];
            for (var position = 0; position < ids.Length; position++)
            {
                if ((uint)ids[position] >= (uint)_vocabulary)
                    throw new ArgumentException($"Sequence {sequence}, position {position}: expected an id from 0 to {_vocabulary - 1}, found {ids[position]}.", nameof(sequences));
            }

            for (var position = 0; position < ids.Length; position++)
            {
                _proposal.Read(ids.AsSpan(0, position), sequence);
                act(ids, position, sequence);
                tokens++;
            }

            sequence++;
        }

        if (tokens == 0)
            throw new ArgumentException($"sequences: expected at least one token, found {sequence} sequences without.", nameof(sequences));
    }

    private void Draw(int position, long sequence)
    {
        for (var i = 0; i < _draws.Length; i++)
            _draws[i] = _proposal.Draw(SplitMix64.ToUnitInterval(SplitMix64.Hash(_seed, sequence, position, i)));
    }

    private void BeginScoring()
    {
        for (var i = 0; i < _distinctCount; i++)
            _slots[_distinct[i]] = 0;
        _distinctCount = 0;
    }

    private void Add(int id)
    {
        if (_slots[id] > 0)
            return;
        _distinct[_distinctCount++] = id;
        _slots[id] = _distinctCount;
    }

    private void Score(ReadOnlySpan<int> context, long sequence)
    {
        var scores = _distinctScores.AsSpan(0, _distinctCount);
        scores.Fill(float.NaN);
        _discriminator(context, _distinct.AsSpan(0, _distinctCount), scores);
        if (FiniteCheck.IndexOfNonFinite(scores) is >= 0 and var index)
        {
            throw new InvalidOperationException(FormattableString.Invariant(
                $"Sequence {sequence}, position {context.Length}: expected finite scores of the discriminator, found {scores[index]} for token {_distinct[index]}."));
        }

        for (var i = 0; i < _draws.Length; i++)
        {
            // Not all of them were asked for if the sum is over the vocabulary.
            if (_slots[_draws[i]] is > 0 and var slot)
                _drawScores[i] = _distinctScores[slot - 1];
        }
    }

    // The mean over the draws of the estimate of log Z that leaves out one of them.
    private double LeaveOneOut()
    {
        if (Candidates == 1)
            return 0;
        var sum = 0.0;
        Span<float> rest = Candidates <= 256 ? stackalloc float[Candidates - 1] : new float[Candidates - 1];
        for (var left = 0; left < Candidates; left++)
        {
            _drawScores.AsSpan(0, left).CopyTo(rest);
            _drawScores.AsSpan(left + 1).CopyTo(rest[left..]);
            sum += CandidateResampler.LogSumExp(rest, Alpha);
        }

        return sum / Candidates - Math.Log(Candidates - 1);
    }
}
