namespace MlNetNtd.Studies.TextGan;

/// <summary>How the generator follows the adversary's scores of the words that it draws.</summary>
internal enum GeneratorUpdate
{
    /// <summary>Words count by their scores: the policy gradient of the mean score.</summary>
    Reinforce,

    /// <summary>Words count by the exponentials of their scores, which sum to 1: the steps towards p exp(D).</summary>
    ForwardKl,
}
