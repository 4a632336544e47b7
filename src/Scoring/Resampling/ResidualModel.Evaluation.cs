using System.Runtime.InteropServices;

namespace MlNetNtd;

// Real sequences under the model: alpha, losses and their bounds.
public sealed partial class ResidualModel
{
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
            _tokens.Clear();
            for (var id = 0; id < _vocabulary; id++)
                _tokens.Add(id);
            ScoreTokens(context, sequence);
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

        double LogWeight(int id) => _proposal.GetLogProbability(id) + Alpha * _tokens.GetScore(id);
    }

    // Scores the real token and K draws of each position.
    private void ForEachToken(IEnumerable<IReadOnlyList<int>> sequences, Action<int, float> act) =>
        ForEachPosition(sequences, (ids, position, sequence) =>
        {
            Draw(position, sequence);
            _tokens.Clear();
            var target = ids[position];
            _tokens.Add(target);
            ScoreDraws(ids.AsSpan(0, position), sequence);
            act(target, _tokens.GetScore(target));
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
