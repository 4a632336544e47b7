using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>Reads rows to score, under the policy on bad ones.</summary>
internal sealed class ScoringReader : IDisposable
{
    private readonly SequenceRowReader _reader;
    private readonly DataViewRow _input;
    private readonly IHostEnvironment _env;
    private readonly string _column;
    private readonly RowWarning _skipped;
    private readonly RowWarning _cut;
    private long _rows;

    public ScoringReader(IHostEnvironment env, BoundScorerSchema schema, DataViewRow input)
    {
        var (policy, maxTokens) = (schema.Settings.BadRowPolicy, schema.Settings.Config.MaxTokens);
        _input = input;
        (_env, _column) = (env, schema.Columns.Feature.Name);
        Skips = policy is BadRowPolicy.Skip or BadRowPolicy.TruncateOrSkip;
        _reader = new SequenceRowReader(env, schema.Columns, maxTokens, input) { Truncates = schema.Settings.Truncates };
        _skipped = new RowWarning(env, $"cannot be scored, so their scores are NaN (BadRowPolicy = {policy})");
        _cut = new RowWarning(env, $"are longer than {maxTokens} tokens (MaxTokens), so only those are scored (BadRowPolicy = {policy})");
    }

    /// <summary>Whether bad rows have scores of NaN.</summary>
    public bool Skips { get; }

    /// <summary>The current row; null: it is skipped.</summary>
    /// <exception cref="InvalidRowException">It does not hold what its columns promise, and is not to be skipped.</exception>
    public SequenceRow? Read()
    {
        _rows++;
        try
        {
            var row = _reader.Read();
            if (_reader.WasTruncated)
                _cut.Add(_rows, $"row {_input.Position}.");
            return row;
        }
        catch (InvalidRowException error) when (Skips)
        {
            _skipped.Add(_rows, error.Message);
            return null;
        }
    }

    /// <summary>The scores of a row that was read, if they are finite; they are missing where it is skipped, which is counted.</summary>
    /// <param name="scores">What the network says.</param>
    /// <param name="row">Which row of its view it is, from 0.</param>
    /// <exception cref="InvalidRowException">One is not finite, and the row is not to be skipped.</exception>
    public RowScores Accept(RowScores scores, long row)
    {
        if (scores.NonFiniteToken is not { } token)
            return scores;
        var error = _env.Row(
            _column, row, "values of which the network computes finite scores", FormattableString.Invariant($"a score of {scores.Tokens[token]} for token {token}, by an overflow"));
        if (!Skips)
            throw error;
        _skipped.Add(_rows, error.Message);
        return RowScores.Missing;
    }

    public void Dispose()
    {
        _skipped.End(_rows);
        _cut.End(_rows);
    }
}
