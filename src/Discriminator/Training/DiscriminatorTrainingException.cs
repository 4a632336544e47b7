namespace MlNetNtd;

/// <summary>Training was stopped because the loss, or a gradient, was no longer a finite number.</summary>
/// <remarks>A smaller learning rate, a longer warm-up or smaller embeddings are the usual cures.</remarks>
public sealed class DiscriminatorTrainingException : InvalidOperationException
{
    internal DiscriminatorTrainingException(string message, int epoch, int? batch, NextTokenDiscriminatorScorer? best)
        : base(message)
    {
        Epoch = epoch;
        Batch = batch;
        Best = best;
    }

    /// <summary>The epoch, from 1.</summary>
    public int Epoch { get; }

    /// <summary>The batch of that epoch, from 1; null: the validation rows behind the last batch.</summary>
    public int? Batch { get; }

    /// <summary>A scorer with the best weights of the epochs before; null where none was finished.</summary>
    public NextTokenDiscriminatorScorer? Best { get; }
}
