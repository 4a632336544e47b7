using MlNetNtd.Benchmarks.Quality;
using TorchSharp;

namespace MlNetNtd.Studies.Imitation;

/// <summary>Trains and evaluates all learners of a seed, one after another, so that the processor time of each can be told.</summary>
internal static class SeedRun
{
    /// <summary>Runs consecutive seeds.</summary>
    /// <param name="hyperparameters">The sizes.</param>
    /// <param name="first">The first seed.</param>
    /// <param name="count">The number of seeds.</param>
    /// <param name="output">Receives the lines of each seed as it ends.</param>
    public static List<SeedResult> RunAll(Hyperparameters hyperparameters, int first, int count, TextWriter output)
    {
        // Networks this small gain nothing from threads of their own.
        torch.set_num_threads(1);
        var results = new List<SeedResult>();
        for (var seed = first; seed < first + count; seed++)
        {
            results.Add(Run(hyperparameters, seed));
            foreach (var line in Report.CreateSeedLines(seed, results[^1]))
                output.WriteLine(line);
        }

        return results;
    }

    private static SeedResult Run(Hyperparameters hyperparameters, int seed)
    {
        using var experiment = new Experiment(hyperparameters, seed);
        var first = experiment.NextSeed();
        List<LearnerResult> results = [new(SeedResult.Experts, Trial.EvaluateExperts(experiment), double.NaN)];

        using var cloning = new PolicyNetwork(first);
        Train(SeedResult.Cloning, cloning, () => Cloning.Train(experiment, cloning));
        using var adversarial = new PolicyNetwork(first);
        Train(SeedResult.Adversarial, adversarial, () => Adversarial.Train(experiment, adversarial).Dispose());
        // It continues from there: teacher forcing has taught what to do on the experts' paths.
        using var onPolicy = adversarial.Copy();
        Train(SeedResult.OnPolicy, onPolicy, () => OnPolicy.Train(experiment, onPolicy).Dispose(), before: results[^1].Seconds);

        using var mixture = new MixturePolicy(first);
        Train(SeedResult.Mixture, mixture, () => Likelihood.Train(experiment, mixture));
        using var softmax = new BinnedPolicy(experiment.Experts, first);
        Train(SeedResult.Softmax, softmax, () => Likelihood.Train(experiment, softmax));
        Train(SeedResult.Neighbors, new NearestNeighbors(experiment.Experts), () => { });
        return new SeedResult(results);

        void Train(string name, IPolicy policy, Action train, double before = 0)
        {
            var seconds = before + CpuClock.Measure(train);
            results.Add(new LearnerResult(name, Trial.Evaluate(experiment, policy), seconds));
        }
    }
}
