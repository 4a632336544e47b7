using static TorchSharp.torch;

namespace MlNetNtd;

public sealed partial class DiscriminatorLearner
{
    /// <summary>Trains on a batch of the transform, with labels from its scalar columns.</summary>
    /// <param name="batch">
    /// The batch: its sequences, its mask of any <see cref="MaskKind"/>, and which of its tokens are real.
    /// </param>
    /// <param name="labelColumnName">
    /// The name of the label column in <see cref="SequenceBatch.Scalars"/>: true or false, 1 or 0.
    /// </param>
    /// <param name="weightColumnName">The name of the column with each row's weight; null weights all rows equally.</param>
    /// <returns>The loss, as <see cref="Step(Tensor, Tensor?, Tensor, Tensor?, Tensor?)"/> returns it.</returns>
    /// <exception cref="ArgumentException">The batch has no such column, or a value is out of range.</exception>
    public double Step(SequenceBatch batch, string labelColumnName = "Label", string? weightColumnName = null)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(labelColumnName);
        return Step(
            batch, Scalar(batch, labelColumnName, nameof(labelColumnName)),
            weightColumnName is null ? null : Scalar(batch, weightColumnName, nameof(weightColumnName)));
    }

    /// <summary>Trains on a batch of the transform, with the given labels.</summary>
    /// <param name="batch">
    /// The batch: its sequences, its mask of any <see cref="MaskKind"/>, and which of its tokens are real.
    /// </param>
    /// <param name="labels">
    /// The labels, from 0 (generated) to 1 (real), of any number type or Boolean: (B), a label per row, or (B, P), a label per
    /// token; (B, P * K), a label per candidate, with K candidates for each token.
    /// </param>
    /// <param name="weights">The weight of each row, (B), at least 0; null weights all rows equally.</param>
    /// <returns>The loss, as <see cref="Step(Tensor, Tensor?, Tensor, Tensor?, Tensor?)"/> returns it.</returns>
    /// <exception cref="ArgumentException">A shape or a value is wrong; the message names it. Nothing is trained.</exception>
    public double Step(SequenceBatch batch, Tensor labels, Tensor? weights = null)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.CandidatesPerToken != _options.CandidatesPerToken)
        {
            throw new ArgumentException(
                $"batch: expected {_options.CandidatesPerToken} candidates of each token ({nameof(DiscriminatorLearnerOptions)}.{nameof(DiscriminatorLearnerOptions.CandidatesPerToken)}), found {batch.CandidatesPerToken}.",
                nameof(batch));
        }

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
