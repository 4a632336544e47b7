using static TorchSharp.torch;

namespace MlNetNtd;

public sealed partial class DiscriminatorLearner
{
    /// <summary>One step on a batch as the stage hands it out, by labels that are among its scalar columns.</summary>
    /// <param name="batch">Its sequences, its mask by its <see cref="MaskKind"/>, and which of its tokens are real.</param>
    /// <param name="labelColumnName">One of <see cref="SequenceBatch.Scalars"/>: true or false, 1 or 0.</param>
    /// <param name="weightColumnName">Another: how much each row counts; null: all the same.</param>
    /// <returns>As <see cref="Step(Tensor, Tensor?, Tensor, Tensor?, Tensor?)"/> on the batch's tensors.</returns>
    /// <exception cref="ArgumentException">The batch has no such column, or a value is out of its range.</exception>
    public double Step(SequenceBatch batch, string labelColumnName = "Label", string? weightColumnName = null)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(labelColumnName);
        return Step(
            batch, Scalar(batch, labelColumnName, nameof(labelColumnName)),
            weightColumnName is null ? null : Scalar(batch, weightColumnName, nameof(weightColumnName)));
    }

    /// <summary>One step on a batch as the stage hands it out, by labels that the caller has.</summary>
    /// <param name="batch">Its sequences, its mask by its <see cref="MaskKind"/>, and which of its tokens are real.</param>
    /// <param name="labels">1 (true) or 0, or between, of any number type or Boolean: (B), a label per row, or (B, P), a label per token.</param>
    /// <param name="weights">(B): how much each row counts, at least 0; null: all the same.</param>
    /// <returns>As <see cref="Step(Tensor, Tensor?, Tensor, Tensor?, Tensor?)"/> on the batch's tensors.</returns>
    /// <exception cref="ArgumentException">A shape or a value is another; the message names it. Nothing was learned from.</exception>
    public double Step(SequenceBatch batch, Tensor labels, Tensor? weights = null)
    {
        ArgumentNullException.ThrowIfNull(batch);
        using var mask = BatchMask.FromBatch(batch);
        return Step(batch.Sequences, mask, labels, batch.RealTokens, weights);
    }

    private static Tensor Scalar(SequenceBatch batch, string name, string parameter)
    {
        if (batch.Scalars.TryGetValue(name, out var scalar))
            return scalar;
        var found = batch.Scalars.Count == 0 ? "none at all" : $"'{string.Join("', '", batch.Scalars.Keys)}'";
        throw new ArgumentException(
            $"{parameter}: expected a scalar column of the batch, found no '{name}' among them: {found}. Name it in ScalarColumnNames of SequenceBatchOptions.",
            parameter);
    }
}
