using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd;

/// <summary>The baseline's rows: one per step, with the step and the steps before it as features.</summary>
internal sealed class LagRows
{
    /// <summary>The name of the feature column, ML.NET's default.</summary>
    public const string FeatureColumn = nameof(Row.Features);

    /// <summary>The name of the label column, ML.NET's default.</summary>
    public const string LabelColumn = nameof(Row.Label);

    private readonly DataOperationsCatalog _data;
    private readonly InputStandardization _standardization;
    private readonly int _dimension;
    private readonly int _lags;
    private readonly bool _withSquares;
    private readonly SchemaDefinition _schema;

    /// <param name="data">Creates views.</param>
    /// <param name="standardization">The mean and the spread of the training sequences.</param>
    /// <param name="lags">The number of steps before a step.</param>
    /// <param name="withSquares">Whether the values' squares are features, too.</param>
    public LagRows(DataOperationsCatalog data, InputStandardization standardization, int lags, bool withSquares)
    {
        (_data, _standardization, _lags, _withSquares) = (data, standardization, lags, withSquares);
        _dimension = standardization.Mean.Count;
        _schema = SchemaDefinition.Create(typeof(Row));
        _schema[FeatureColumn].ColumnType = new VectorDataViewType(NumberDataViewType.Single, Width);
    }

    private int ValuesPerRow => (_lags + 1) * _dimension;

    private int Width => (_withSquares ? 2 * ValuesPerRow : ValuesPerRow) + _lags;

    /// <summary>Creates the view of some sequences: their steps, in order.</summary>
    public IDataView CreateView(IEnumerable<RealismSequence> sequences) => _data.LoadFromEnumerable(sequences.SelectMany(CreateRows), _schema);

    private IEnumerable<Row> CreateRows(RealismSequence sequence)
    {
        var values = (float[])sequence.Values.Clone();
        _standardization.Apply(values.AsSpan());
        for (var step = 0; step < values.Length / _dimension; step++)
            yield return new Row { Features = CreateFeatures(values, step), Label = sequence.IsReal };
    }

    private float[] CreateFeatures(float[] values, int step)
    {
        var features = new float[Width];
        for (var lag = 0; lag <= Math.Min(_lags, step); lag++)
        {
            values.AsSpan((step - lag) * _dimension, _dimension).CopyTo(features.AsSpan(lag * _dimension));
            // A step that does not exist has zeros as values, so its existence is a feature.
            if (lag > 0)
                features[Width - _lags + lag - 1] = 1;
        }

        for (var i = 0; _withSquares && i < ValuesPerRow; i++)
            features[ValuesPerRow + i] = features[i] * features[i];
        return features;
    }

    private sealed class Row
    {
        public float[] Features { get; set; } = [];

        public bool Label { get; set; }
    }
}
