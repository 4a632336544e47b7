using TorchSharp;

namespace MlNetNtd.Examples.TextGan;

/// <summary>The first phase: the generator learns to predict the text's next word, given the true words before it.</summary>
internal sealed class Pretraining
{
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
        using var learner = new GeneratorLearner(_bench.Generator, Rate(epoch));
        var (sum, steps) = (0.0, 0);
        foreach (var batch in _bench.Batches(_bench.Story.Training, _bench.Seeds.PretrainingOrder(epoch)).Skip(firstStep))
        {
            sum += learner.Step(GeneratorLoss.TeacherForcing(_bench.Generator.forward(batch.Context), batch.Words));
            steps++;
            if (!onStep())
                break;
        }

        return sum / steps;
    }

    /// <summary>The loss on held-out text, in nats a word.</summary>
    public double HeldOutLoss()
    {
        var (sum, words) = (0.0, 0L);
        using var quiet = torch.no_grad();
        foreach (var batch in _bench.Batches(_bench.Story.HeldOut, null))
        {
            var count = batch.Words.numel();
            sum += count * GeneratorLoss.TeacherForcing(_bench.Generator.forward(batch.Context), batch.Words).item<float>();
            words += count;
        }

        return sum / words;
    }

    // Falls to a tenth by half a cosine.
    private double Rate(int epoch)
    {
        var done = (double)epoch / Math.Max(1, _bench.Preset.PretrainingEpochs - 1);
        return _bench.Preset.PretrainingRate * (0.1 + 0.9 * (1 + Math.Cos(Math.PI * done)) / 2);
    }
}
