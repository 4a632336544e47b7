using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>Reads rows to score, under the policy on bad ones.</summary>
internal sealed class ScoringReader : IDisposable
{
    private readonly SequenceRowReader _reader;
    private readonly DataViewRow _input;
    private readonly bool _skips;
    private readonly RowWarning _skipped;
    private readonly RowWarning _cut;
    private long _rows;

    public ScoringReader(IHostEnvironment env, ScorerSchema schema, DataViewRow input)
    {
        var (policy, maxTokens) = (schema.Settings.BadRowPolicy, schema.Settings.Shape.MaxTokens);
        _input = input;
        _skips = policy is BadRowPolicy.Skip or BadRowPolicy.TruncateOrSkip;
        _reader = new SequenceRowReader(env, schema.Columns, maxTokens, input) { Truncates = schema.Settings.Truncates };
        _skipped = new RowWarning(env, $"cannot be scored, so their scores are NaN (BadRowPolicy = {policy})");
        _cut = new RowWarning(env, $"are longer than {maxTokens} tokens (MaxTokens), so only those are scored (BadRowPolicy = {policy})");
    }

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
        catch (InvalidRowException error) when (_skips)
        {
            _skipped.Add(_rows, error.Message);
            return null;
        }
    }

    public void Dispose()
    {
        _skipped.End(_rows);
        _cut.End(_rows);
    }
}
