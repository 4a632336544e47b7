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
    /// <param name="firstStep">The steps of this epoch that are done already.</param>
    /// <param name="onStep">Told of each step when it is done; returns false to stop.</param>
    /// <returns>The mean loss of the steps done here, in nats.</returns>
    public double Train(int epoch, int firstStep, Func<bool> onStep)
    {
        // Every epoch begins with a fresh optimizer, so that a checkpoint between epochs needs none of its state.
        var generator = _bench.Generator;
        using var learner = new GeneratorLearner(generator);
        generator.train();
        generator.SeedDropout(_bench.Seeds.GeneratorDropout(epoch, firstStep));
        var (sum, step) = (0.0, firstStep);
        var order = _bench.Seeds.PretrainingOrder(epoch);
        foreach (var batch in _bench.Batches(_bench.Story.Pass(order), order).Skip(firstStep))
        {
            learner.Rate = Rate(epoch, step);
            sum += learner.Step(GeneratorLoss.TeacherForcing(generator.forward(batch.Context), batch.Words));
            step++;
            if (!onStep())
                break;
        }

        generator.eval();
        return sum / (step - firstStep);
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
            sum += count * GeneratorLoss.TeacherForcing(_bench.Generator.forward(batch.Context), batch.Words).Read();
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
