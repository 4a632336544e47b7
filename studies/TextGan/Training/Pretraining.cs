using TorchSharp;

namespace MlNetNtd.Examples.TextGan;

/// <summary>The first phase: the generator learns to predict the text's next word, given the true words before it.</summary>
internal sealed class Pretraining
{
    // Steps in which an epoch's rate rises: its optimizer is new and has yet to learn how large gradients are.
    private const int MostWarmupSteps = 10;

    private readonly Workbench _bench;

    public Pretraining(Workbench bench) => _bench = bench;

    /// <summary>Steps an epoch.</summary>
    public int Steps => _bench.BatchesPerPass;

    /// <summary>Trains for one epoch, or for what is left of it.</summary>
    /// <param name="epoch">From 0.</param>
    /// <param name="before">What it knew when it was stopped; null: it begins.</param>
    /// <param name="onStep">Told of each step when it is done; returns false to stop.</param>
    /// <returns>The mean loss of its steps, in nats.</returns>
    public double Train(int epoch, UnderWay? before, StepDone onStep)
    {
        // Every epoch begins with a fresh optimizer.
        var generator = _bench.Generator;
        using var learner = new GeneratorLearner(generator);
        generator.train();
        var (sum, step) = (0.0, 0);
        if (before is not null)
            (learner.State, sum, step) = (before.Generator, before.Sums.TeacherForcing, before.Step);
        var order = _bench.Seeds.PretrainingOrder(epoch);
        foreach (var batch in _bench.Batches(_bench.Story.Pass(order), order).Skip(step))
        {
            // Whatever was drawn before it: a step can be taken up again.
            generator.SeedDropout(_bench.Seeds.GeneratorDropout(epoch, step));
            learner.Rate = Rate(epoch, step);
            sum += learner.Step(GeneratorLoss.TeacherForcing(generator.forward(batch.Context), batch.Words));
            step++;
            if (!onStep(() => new UnderWay(step, new RoundLosses(sum, 0, 0), learner.State, null)))
                break;
        }

        generator.eval();
        return sum / step;
    }

    /// <summary>The loss on held-out text, in nats a word.</summary>
    public double HeldOutLoss()
    {
        var (sum, words) = (0.0, 0L);
        using var quiet = torch.no_grad();
        _bench.Generator.eval();
        foreach (var batch in _bench.Batches(_bench.Story.HeldOut, null))
        {
            var count = batch.Words.numel();
            sum += count * GeneratorLoss.TeacherForcing(_bench.Generator.forward(batch.Context), batch.Words).ItemSingle();
            words += count;
        }

        return sum / words;
    }

    // Falls to nothing by half a cosine over all epochs.
    private double Rate(int epoch, int step)
    {
        var done = (epoch + (double)step / Steps) / _bench.Preset.PretrainingEpochs;
        var warm = Math.Min(1, (step + 1.0) / Math.Clamp(Steps / 4, 1, MostWarmupSteps));
        return _bench.Preset.PretrainingRate * warm * (0.02 + 0.98 * (1 + Math.Cos(Math.PI * done)) / 2);
    }
}
