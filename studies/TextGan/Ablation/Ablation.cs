namespace MlNetNtd.Studies.TextGan;

/// <summary>
/// Measures the adversarial term: each seed continues from the same pre-trained generator, for the same steps on the same windows, in arms
/// with the term and without. No arm has seen what evaluates it.
/// </summary>
internal static class Ablation
{
    /// <summary>Runs all seeds and compares.</summary>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static void Run(Hyperparameters hyperparameters, TextDataset dataset, int firstSeed, int seeds, TextWriter output, CancellationToken cancellationToken)
    {
        var (outcomes, judgeText) = (new List<IReadOnlyList<ArmResult>>(), new JudgeText(dataset));
        for (var seed = firstSeed; seed < firstSeed + seeds; seed++)
        {
            outcomes.Add(RunSeed(hyperparameters, dataset, judgeText, seed, output, cancellationToken));
            foreach (var line in AblationReport.CreateSeedLines(seed, outcomes[^1]))
                output.WriteLine(line);
        }

        foreach (var line in AblationReport.CreateLines(outcomes))
            output.WriteLine(line);
    }

    /// <summary>Runs all arms of a seed.</summary>
    public static IReadOnlyList<ArmResult> RunSeed(
        Hyperparameters hyperparameters, TextDataset dataset, JudgeText judgeText, int seed, TextWriter output, CancellationToken cancellationToken)
    {
        using var experiment = new Experiment(hyperparameters, dataset, new Seeds(seed), new Compute(seed));
        using var discriminator = new TrainingRun(experiment, output, null, new RunState(), cancellationToken).Prepare();
        var (start, evaluation) = (experiment.Generator.Weights, new ArmEvaluation(experiment, judgeText));
        return [.. AblationArm.All.Select(RunArm)];

        ArmResult RunArm(AblationArm arm)
        {
            experiment.Generator.Weights = start;
            using var adversary = arm.Adversary is null ? null : experiment.Pipeline.Copy(discriminator, experiment.Compute.Device, experiment.Seeds.Dropout(0));
            var rounds = new TextRound(experiment, adversary, arm.Adversary?.Invoke(hyperparameters));
            for (var round = 0; round < hyperparameters.Rounds; round++)
            {
                rounds.Run(round, null, _ =>
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    return true;
                });
            }

            return evaluation.Evaluate(arm.Name, arm.Temperature, cancellationToken);
        }
    }
}
