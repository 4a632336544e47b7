using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>Reads rows to score and applies the <see cref="BadRowPolicy"/>.</summary>
internal sealed class ScoringReader : IDisposable
{
    private readonly SequenceRowReader _reader;
    private readonly DataViewRow _input;
    private readonly IHostEnvironment _env;
    private readonly string _column;
    private readonly string _maskColumn;
    private readonly int _candidates;
    private readonly EngineKind _engine;
    private readonly RowWarning _skipped;
    private readonly RowWarning _truncated;
    private long _rows;

    /// <summary>Initializes the reader over the current row of a cursor.</summary>
    public ScoringReader(IHostEnvironment env, BoundScorerSchema schema, DataViewRow input)
    {
        var (policy, maxTokens) = (schema.Settings.BadRowPolicy, schema.Settings.Config.MaxTokens);
        _input = input;
        (_env, _column) = (env, schema.Columns.Feature.Name);
        (_engine, _maskColumn) = (schema.Settings.Engine, (schema.Columns.Mask.Column ?? schema.Columns.Feature).Name);
        _candidates = schema.Columns.CandidatesPerToken;
        Skips = policy is BadRowPolicy.Skip or BadRowPolicy.TruncateOrSkip;
        _reader = new SequenceRowReader(env, schema.Columns, maxTokens, input) { Truncates = schema.Settings.Truncates };
        _skipped = new RowWarning(env, $"cannot be scored, so their scores are NaN (BadRowPolicy = {policy})");
        _truncated = new RowWarning(env, $"are longer than {maxTokens} tokens (MaxTokens), so only those are scored (BadRowPolicy = {policy})");
    }

    /// <summary>Gets whether invalid rows get NaN as scores.</summary>
    public bool Skips { get; }

    /// <summary>Reads the current row.</summary>
    /// <returns>The row; null if it is skipped.</returns>
    /// <exception cref="InvalidRowException">The row does not hold what its columns promise, and the policy does not skip it.</exception>
    public SequenceRow? Read()
    {
        _rows++;
        try
        {
            var row = _reader.Read();
            if (row.Mask is not null && _engine == EngineKind.Managed)
                throw _env.Row(_maskColumn, _input.Position, "a mask that follows the next-token rule, because Engine = Managed computes no other", "another mask. Use Engine = Auto or Torch");
            if (_reader.WasTruncated)
                _truncated.Add(_rows, $"row {_input.Position}.");
            return row;
        }
        catch (InvalidRowException error) when (Skips)
        {
            _skipped.Add(_rows, error.Message);
            return null;
        }
    }

    /// <summary>Checks that the scores of a row are finite.</summary>
    /// <param name="scores">The scores from the network.</param>
    /// <param name="row">The index of the row in its view.</param>
    /// <returns>The scores, or the scores of a skipped row.</returns>
    /// <exception cref="InvalidRowException">A score is not finite, and the policy does not skip the row.</exception>
    public RowScores Accept(RowScores scores, long row)
    {
        if (scores.NonFiniteToken is not { } token)
            return scores;
        var error = _env.Row(
            _column, row, "values of which the network computes finite scores", FormattableString.Invariant($"a score of {scores.Tokens[token]} for token {token / _candidates}{(_candidates == 1 ? "" : $", candidate {token % _candidates}")}, by an overflow"));
        if (!Skips)
            throw error;
        _skipped.Add(_rows, error.Message);
        return RowScores.Missing;
    }

    public void Dispose()
    {
        _skipped.End(_rows);
        _truncated.End(_rows);
    }
}
