namespace MlNetNtd.Studies.TextGan;

/// <summary>The first phase: the generator learns to predict the text's next word, given the real words before it.</summary>
internal sealed class Pretraining(Experiment experiment)
{
    // The rate rises over the first steps of an epoch, because its optimizer is new.
    private const int MaxWarmupSteps = 10;

    /// <summary>Trains for one epoch, or for the rest of it.</summary>
    /// <param name="epoch">From 0.</param>
    /// <param name="before">The state when it was stopped; null: it begins.</param>
    /// <param name="onStep">Called after each step.</param>
    /// <returns>The mean loss of its steps, in nats.</returns>
    public double Train(int epoch, StepState? before, StepCallback onStep)
    {
        // Every epoch begins with a fresh optimizer.
        var generator = experiment.Generator;
        using var learner = new GeneratorLearner(generator);
        generator.train();
        var (sum, step) = (0.0, 0);
        if (before is not null)
            (learner.State, sum, step) = (before.Generator, before.Sums.TeacherForcing, before.Step);
        var order = experiment.Seeds.PretrainingOrder(epoch);
        foreach (var batch in experiment.ReadBatches(experiment.Dataset.GetPass(order), order).Skip(step))
        {
            // Each step has its own seed, so that a resumed run draws the same.
            generator.SeedDropout(experiment.Seeds.GeneratorDropout(epoch, step));
            learner.Rate = GetRate(epoch, step);
            sum += learner.Step(GeneratorLoss.TeacherForcing(generator.forward(batch.Context), batch.Words));
            step++;
            if (!onStep(() => new StepState(step, new RoundLosses(sum, 0, 0), learner.State, null)))
                break;
        }

        generator.eval();
        return sum / step;
    }

    // Falls to 0 by half a cosine over all epochs.
    private double GetRate(int epoch, int step)
    {
        var done = (epoch + (double)step / experiment.BatchesPerPass) / experiment.Hyperparameters.PretrainingEpochs;
        var warm = Math.Min(1, (step + 1.0) / Math.Clamp(experiment.BatchesPerPass / 4, 1, MaxWarmupSteps));
        return experiment.Hyperparameters.PretrainingRate * warm * (0.02 + 0.98 * (1 + Math.Cos(Math.PI * done)) / 2);
    }
}
