namespace MlNetNtd.Studies.TextGan;

/// <summary>What an arm of the ablation does after the pre-training that all arms share.</summary>
/// <param name="Name">The arm's name.</param>
/// <param name="Adversary">Changes the hyperparameters of rounds with an adversary; null: rounds of teacher forcing alone.</param>
/// <param name="Temperature">Divides the logits of what it writes.</param>
internal sealed record AblationArm(string Name, Func<Hyperparameters, Hyperparameters>? Adversary = null, double Temperature = 1)
{
    /// <summary>The arms, teacher forcing alone first: the others are compared with it.</summary>
    public static IReadOnlyList<AblationArm> All { get; } =
    [
        new("teacher forcing"),
        new("temperature 0.9", Temperature: 0.9),
        new("adversary, REINFORCE", common => common with { RandomWordsInRounds = false, Update = GeneratorUpdate.Reinforce }),
        new("adversary, forward KL", common => common with { RandomWordsInRounds = false, Update = GeneratorUpdate.ForwardKl }),
        new("REINFORCE + random words", common => common with { RandomWordsInRounds = true, Update = GeneratorUpdate.Reinforce }),
    ];
}
