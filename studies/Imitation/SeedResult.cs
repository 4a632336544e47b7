namespace MlNetNtd.Studies.Imitation;

/// <summary>The result of one seed: the experts, evaluated as the learners are, then the learners.</summary>
internal sealed record SeedResult(IReadOnlyList<LearnerResult> Learners)
{
    public const string Experts = "experts";
    public const string Cloning = "cloning";
    public const string Adversarial = "adversarial";
    public const string OnPolicy = "on-policy";
    public const string Mixture = "mixture density";
    public const string Softmax = "softmax of bins";
    public const string Neighbors = "nearest neighbors";

    /// <summary>Gets a learner's evaluation.</summary>
    public Trial this[string learner] => Learners.Single(one => one.Name == learner).Trial;
}
