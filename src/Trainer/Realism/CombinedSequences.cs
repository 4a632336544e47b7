using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>The discriminator's rows: each sequence as its own context and candidates, as the transform combines them.</summary>
internal static class CombinedSequences
{
    /// <summary>The name of the column of combined sequences.</summary>
    public const string FeatureColumn = NextTokenDiscriminatorTrainer.Defaults.FeatureColumnName;

    /// <summary>The name of the label column.</summary>
    public const string LabelColumn = NextTokenDiscriminatorTrainer.Defaults.LabelColumnName;

    /// <summary>The name of the sampling key column.</summary>
    public const string KeyColumn = "SamplingKey";

    /// <summary>Creates the view.</summary>
    /// <param name="context">Marks errors.</param>
    /// <param name="sequences">The sequences.</param>
    /// <param name="dimension">C.</param>
    /// <param name="tokens">The length of all sequences; null if they differ.</param>
    public static ArrayDataView CreateView(IExceptionContext context, IReadOnlyList<RealismSequence> sequences, int dimension, int? tokens) => new(
        context,
        sequences.Count,
        new ArrayColumn<VBuffer<float>>(
            FeatureColumn,
            new VectorDataViewType(NumberDataViewType.Single, 2 * tokens ?? 0, dimension),
            (int row, ref VBuffer<float> combined) => Combine(sequences[row].Values, dimension, ref combined)),
        new ArrayColumn<bool>(LabelColumn, BooleanDataViewType.Instance, (int row, ref bool label) => label = sequences[row].IsReal),
        new ArrayColumn<long>(KeyColumn, NumberDataViewType.Int64, (int row, ref long key) => key = sequences[row].Key));

    // Zeros as initial embedding, the sequence without its last step, then the whole sequence as candidates.
    private static void Combine(float[] sequence, int dimension, ref VBuffer<float> combined)
    {
        var editor = VBufferEditor.Create(ref combined, 2 * sequence.Length);
        editor.Values[..dimension].Clear();
        sequence.AsSpan(..^dimension).CopyTo(editor.Values[dimension..]);
        sequence.CopyTo(editor.Values[sequence.Length..]);
        combined = editor.Commit();
    }
}
