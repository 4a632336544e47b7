namespace MlNetNtd.Studies.TextGan;

/// <summary>
/// Measures the adversarial term: each seed continues from the same pre-trained generator, for the same steps on the same windows,
/// once with the term and once without. Neither arm has seen what evaluates it.
/// </summary>
internal static class Ablation
{
    private const int Seeds = 5;

    /// <summary>Runs all seeds and compares.</summary>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static void Run(Hyperparameters hyperparameters, TextDataset dataset, int firstSeed, TextWriter output, CancellationToken cancellationToken)
    {
        var outcomes = new List<AblationOutcome>();
        for (var seed = firstSeed; seed < firstSeed + Seeds; seed++)
        {
            outcomes.Add(RunSeed(hyperparameters, dataset, seed, output, cancellationToken));
            output.WriteLine($"Seed {seed}, before, without and with the term; less is better in every measure:");
            foreach (var (name, value) in ArmResult.Measures)
                output.WriteLine($"  {name,-26} {value(outcomes[^1].Before):F4}  {value(outcomes[^1].Without):F4}  {value(outcomes[^1].With):F4}");
        }

        foreach (var line in AblationReport.CreateLines(outcomes))
            output.WriteLine(line);
    }

    /// <summary>Runs both arms of a seed.</summary>
    public static AblationOutcome RunSeed(
        Hyperparameters hyperparameters, TextDataset dataset, int seed, TextWriter output, CancellationToken cancellationToken)
    {
        using var experiment = new Experiment(hyperparameters, dataset, new Seeds(seed), new Compute(seed));
        using var discriminator = new TrainingRun(experiment, output, null, new RunState(), cancellationToken).Prepare();
        var evaluation = new FreshDiscriminator(experiment);
        var (start, before) = (experiment.Generator.Weights, evaluation.Evaluate(cancellationToken));
        var without = RunArm(null);
        experiment.Generator.Weights = start;
        return new AblationOutcome(before, without, RunArm(discriminator));

        ArmResult RunArm(DiscriminatorNetwork? adversary)
        {
            var rounds = new TextRound(experiment, adversary);
            for (var round = 0; round < hyperparameters.Rounds; round++)
            {
                rounds.Run(round, null, _ =>
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    return true;
                });
            }

            return evaluation.Evaluate(cancellationToken);
        }
    }
}

/// <summary>The outcome of one seed.</summary>
/// <param name="Before">Where both arms began.</param>
/// <param name="Without">After rounds of teacher forcing alone.</param>
/// <param name="With">After as many rounds with the adversarial term.</param>
internal sealed record AblationOutcome(ArmResult Before, ArmResult Without, ArmResult With);
