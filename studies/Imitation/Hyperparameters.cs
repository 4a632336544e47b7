namespace MlNetNtd.Studies.Imitation;

/// <summary>The sizes of a run.</summary>
internal sealed record Hyperparameters
{
    /// <summary>Walks of experts to learn from.</summary>
    public int Experts { get; init; } = 1000;

    /// <summary>Walks of a learner that are evaluated, from each kind of start; as many of experts, kept apart.</summary>
    public int TrialWalks { get; init; } = 500;

    /// <summary>Walks a step of cloning and of the adversarial rounds.</summary>
    public int BatchSize { get; init; } = 32;

    public int CloningSteps { get; init; } = 1500;

    public double CloningRate { get; init; } = 3e-3;

    /// <summary>Steps of the mixture-density network and of the softmax of bins.</summary>
    public int LikelihoodSteps { get; init; } = 3000;

    public int AdversarialSteps { get; init; } = 10_000;

    /// <summary>The policy's rate against the adversary, to begin with.</summary>
    public double AdversarialRate { get; init; } = 2e-3;

    /// <summary>The adversary's own.</summary>
    public double AdversaryRate { get; init; } = 4e-3;

    /// <summary>The weight of the adversary's gradient penalty.</summary>
    public double GradientPenalty { get; init; } = 0.05;

    /// <summary>The same in the second half, when the two sides have met and the adversary may look more closely.</summary>
    public double FinalGradientPenalty { get; init; } = 0.005;

    /// <summary>The decay of the moving average of the policy's weights, per step.</summary>
    public double AverageDecay { get; init; } = 0.995;

    /// <summary>Rounds of the on-policy learner: it walks, then learns from the walks.</summary>
    public int OnPolicyRounds { get; init; } = 100;

    /// <summary>Rounds before these in which only its adversary and its baseline learn.</summary>
    public int OnPolicyWarmup { get; init; } = 20;

    /// <summary>Roll-outs per round, half of them from disturbed starts.</summary>
    public int RolloutWalks { get; init; } = 128;

    public double OnPolicyRate { get; init; } = 2e-4;

    /// <summary>Its adversary's rate.</summary>
    public double OnPolicyAdversaryRate { get; init; } = 3e-3;

    /// <summary>The decay of the moving average of its weights, per round.</summary>
    public double OnPolicyDecay { get; init; } = 0.95;

    /// <summary>
    /// The deviation of the noise added to its moves, in token units, at the start: wide enough to find a
    /// gap that the policy walks past.
    /// </summary>
    public double Exploration { get; init; } = 1;

    /// <summary>The same at the end, when it falls short of an expert's own unsteadiness.</summary>
    public double FinalExploration { get; init; } = 0.05;

    /// <summary>Epochs of the fresh discriminator.</summary>
    public int FreshDiscriminatorEpochs { get; init; } = 6;

    /// <summary>What computes fresh discriminators and the rewards of the on-policy learner. All policies and their adversaries are Torch's.</summary>
    public EngineKind Engine { get; init; }
}
