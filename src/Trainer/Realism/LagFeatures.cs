using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>The baseline's features.</summary>
/// <param name="Scale">The mean and the deviation of the training sequences.</param>
/// <param name="Lags">The number of steps before a step.</param>
/// <param name="WithSquares">Whether the values' squares are features, too.</param>
internal sealed record LagSettings(StepScale Scale, int Lags, bool WithSquares);

/// <summary>The baseline's rows: one per step, with the step and the steps before it as features.</summary>
internal sealed class LagFeatures
{
    /// <summary>The name of the feature column, ML.NET's default.</summary>
    public const string FeatureColumn = "Features";

    /// <summary>The name of the label column, ML.NET's default.</summary>
    public const string LabelColumn = "Label";

    private readonly IReadOnlyList<RealismSequence> _sequences;
    private readonly LagSettings _settings;
    private readonly (int Sequence, int Step)[] _steps;

    /// <param name="sequences">The sequences.</param>
    /// <param name="settings">The features.</param>
    public LagFeatures(IReadOnlyList<RealismSequence> sequences, LagSettings settings)
    {
        (_sequences, _settings) = (sequences, settings);
        _steps = [.. sequences.SelectMany((sequence, index) => Enumerable.Range(0, sequence.Values.Length / Dimension).Select(step => (index, step)))];
    }

    /// <summary>Gets the number of the sequence of each row.</summary>
    public IEnumerable<int> SequenceOfRow => _steps.Select(step => step.Sequence);

    private int Dimension => _settings.Scale.Dimension;

    private int ValuesPerRow => (_settings.Lags + 1) * Dimension;

    private int Width => (_settings.WithSquares ? 2 * ValuesPerRow : ValuesPerRow) + _settings.Lags;

    /// <summary>Creates the view.</summary>
    public ArrayDataView CreateView(IExceptionContext context) => new(
        context,
        _steps.Length,
        new ArrayColumn<VBuffer<float>>(FeatureColumn, new VectorDataViewType(NumberDataViewType.Single, Width), GetFeatures),
        new ArrayColumn<bool>(LabelColumn, BooleanDataViewType.Instance, (int row, ref bool label) => label = _sequences[_steps[row].Sequence].IsReal));

    private void GetFeatures(int row, ref VBuffer<float> features)
    {
        var editor = VBufferEditor.Create(ref features, Width);
        var values = editor.Values;
        var (sequence, step) = _steps[row];
        values.Clear();
        for (var lag = 0; lag <= Math.Min(_settings.Lags, step); lag++)
        {
            _settings.Scale.Standardize(_sequences[sequence].Values.AsSpan((step - lag) * Dimension, Dimension), values[(lag * Dimension)..]);
            // A step that does not exist has zeros as values, so its existence is a feature.
            if (lag > 0)
                values[Width - _settings.Lags + lag - 1] = 1;
        }

        for (var i = 0; _settings.WithSquares && i < ValuesPerRow; i++)
            values[ValuesPerRow + i] = values[i] * values[i];
        features = editor.Commit();
    }
}
