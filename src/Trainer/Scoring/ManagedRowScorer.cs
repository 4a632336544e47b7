using Microsoft.ML.Runtime;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>
/// Scores rows in managed code. Rows under another mask than the next-token rule go to a TorchSharp network on the CPU, which is created
/// for the first of them.
/// </summary>
/// <param name="env">Marks errors.</param>
/// <param name="weights">The weights.</param>
internal sealed class ManagedRowScorer(IHostEnvironment env, StateDictionary weights) : IRowScorer
{
    private readonly Lazy<SequenceScorer> _managed = new(() => new SequenceScorer(new ForwardEngine(weights), ThreadLimit.Get()));
    private readonly Lock _lock = new();
    private TorchRowScorer? _torch;
    private volatile bool _disposed;

    public RowScores[] Score(IReadOnlyList<SequenceRow> rows)
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(NextTokenDiscriminatorScorer));
        if (rows.All(row => row.Mask is null))
            return ScoreUnderRule(rows);
        var masked = new Queue<RowScores>(Torch().Score([.. rows.Where(row => row.Mask is not null)]));
        SequenceRow[] others = [.. rows.Where(row => row.Mask is null)];
        var unmasked = new Queue<RowScores>(others.Length == 0 ? [] : ScoreUnderRule(others));
        return [.. rows.Select(row => (row.Mask is null ? unmasked : masked).Dequeue())];
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _torch?.Dispose();
        }
    }

    private RowScores[] ScoreUnderRule(IReadOnlyList<SequenceRow> rows)
    {
        var batch = new RowSequences(rows);
        _managed.Value.Score(batch);
        return batch.Scores;
    }

    private TorchRowScorer Torch()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(NextTokenDiscriminatorScorer));
            if (_torch is null && !LibTorchProbe.IsAvailable(out var reason))
            {
                throw env.Unable(
                    $"A mask that does not follow the next-token rule needs native libtorch, which could not be loaded. {LibTorchProbe.GetInstallHint()}.", reason);
            }

            return _torch ??= new TorchRowScorer(weights, CPU);
        }
    }

    /// <summary>The rows of one batch and their scores.</summary>
    private sealed class RowSequences(IReadOnlyList<SequenceRow> rows) : ISequences
    {
        public RowScores[] Scores { get; } = new RowScores[rows.Count];

        public int Count => rows.Count;

        public int CandidatesPerToken => rows[0].CandidatesPerToken;

        public int GetTokens(int sequence) => rows[sequence].Tokens;

        public void Read(int sequence, Span<float> context, Span<float> candidates)
        {
            var values = rows[sequence].Values;
            values.AsSpan(0, context.Length).CopyTo(context);
            values.AsSpan(values.Length / (1 + CandidatesPerToken), candidates.Length).CopyTo(candidates);
        }

        public void Write(int sequence, ReadOnlySpan<float> logits) => Scores[sequence] = RowScores.FromLogits(logits);
    }
}
