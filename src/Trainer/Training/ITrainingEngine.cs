namespace MlNetNtd;

/// <summary>Computes the steps of a training: a network and its learner.</summary>
internal interface ITrainingEngine : IDisposable
{
    /// <summary>Gets the learner.</summary>
    ILearner Learner { get; }

    /// <summary>Packs the rows of a step. Called on another thread than the steps.</summary>
    /// <param name="rows">This process's rows; none if other processes have all.</param>
    StepBatch Pack(SequenceRow[] rows);

    /// <summary>Trains on a step's rows.</summary>
    /// <param name="batch">The rows, which this engine has packed.</param>
    /// <returns>The loss before the step; NaN if the loss or a gradient is not finite, in which case nothing is trained.</returns>
    double Step(StepBatch batch);

    /// <summary>Gets the logits of the last step's rows, before the step.</summary>
    /// <param name="row">The index of the row in the step.</param>
    /// <returns>The logits of the row's real tokens.</returns>
    ReadOnlySpan<float> GetLogits(int row);

    /// <summary>Copies the weights.</summary>
    StateDictionary CopyWeights();

    /// <summary>Creates a scorer with the weights of now. It is used before the next step.</summary>
    IRowScorer CreateScorer();
}
