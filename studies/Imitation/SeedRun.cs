using TorchSharp;

namespace MlNetNtd.Studies.Imitation;

/// <summary>Trains and evaluates the three learners, one after another.</summary>
internal static class SeedRun
{
    /// <summary>Runs consecutive seeds in parallel.</summary>
    public static SeedResult[] RunAll(Hyperparameters hyperparameters, int first, int count)
    {
        // Networks this small gain nothing from threads of their own.
        torch.set_num_threads(1);
        var results = new SeedResult[count];
        Parallel.For(
            0, count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, i => results[i] = Run(hyperparameters, first + i));
        return results;
    }

    private static SeedResult Run(Hyperparameters hyperparameters, int seed)
    {
        using var experiment = new Experiment(hyperparameters, seed);
        var first = experiment.NextSeed();
        var experts = Trial.EvaluateExperts(experiment);

        using var cloning = new PolicyNetwork(first);
        Cloning.Train(experiment, cloning);
        var cloningTrial = Trial.Evaluate(experiment, cloning);

        using var adversarial = new PolicyNetwork(first);
        Adversarial.Train(experiment, adversarial).Dispose();
        var adversarialTrial = Trial.Evaluate(experiment, adversarial);

        // It continues from there: teacher forcing has taught what to do on the experts' paths.
        using var onPolicy = adversarial.Copy();
        OnPolicy.Train(experiment, onPolicy).Dispose();
        return new SeedResult(experts, cloningTrial, adversarialTrial, Trial.Evaluate(experiment, onPolicy));
    }
}
