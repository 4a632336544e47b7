namespace MlNetNtd;

/// <summary>What the learners of both engines share.</summary>
internal interface ILearner
{
    /// <summary>Gets the number of steps done.</summary>
    long Steps { get; }

    /// <summary>Gets the learning rate of the next step.</summary>
    double LearningRate { get; }

    /// <summary>Gets the norm of all gradients in the last step, before clipping; 0 before the first step.</summary>
    double GradientNorm { get; }

    /// <summary>Copies the state of the learner and of its network.</summary>
    DiscriminatorLearnerState GetState();

    /// <summary>Restores the state of the learner and of its network.</summary>
    void SetState(DiscriminatorLearnerState state);

    /// <summary>
    /// Finds the parameter with the largest gradient norm in the last step. A gradient that is not finite comes before all others.
    /// </summary>
    (string Name, float Norm) LargestGradient();
}
