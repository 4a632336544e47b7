using static TorchSharp.torch;

namespace MlNetNtd.Examples.TextGan;

/// <summary>One round: the two networks take steps in turn on the same batches.</summary>
internal sealed class AdversarialRound
{
    private readonly Workbench _bench;
    private readonly DiscriminatorNetwork _discriminator;

    public AdversarialRound(Workbench bench, DiscriminatorNetwork discriminator)
    {
        _bench = bench;
        _discriminator = discriminator;
    }

    /// <summary>Steps a round.</summary>
    public int Steps => Math.Min(_bench.Preset.BatchesPerRound, _bench.BatchesPerPass);

    /// <summary>Runs a round, or what is left of it.</summary>
    /// <param name="round">From 0.</param>
    /// <param name="firstStep">The steps of this round that are done already.</param>
    /// <param name="onStep">Told of each step when it is done; returns false to stop.</param>
    /// <returns>The mean losses of the steps done here.</returns>
    public (double Generator, double Discriminator) Run(int round, int firstStep, Func<bool> onStep)
    {
        // Fresh optimizers, so that a checkpoint between rounds needs none of their state.
        using var generatorLearner = new GeneratorLearner(_bench.Generator, _bench.Preset.AdversarialRate);
        using var discriminatorLearner = new DiscriminatorLearner(
            _discriminator, new DiscriminatorLearningOptions { LearningRate = _bench.Preset.AdversarialRate });
        var (generatorSum, discriminatorSum, step) = (0.0, 0.0, firstStep);
        var batches = _bench.Batches(_bench.Story.Training, _bench.Seeds.RoundOrder(round));
        foreach (var batch in batches.Take(Steps).Skip(firstStep))
        {
            var random = new Random(_bench.Seeds.RoundCandidates(round, step));
            var logits = _bench.Generator.forward(batch.Context);
            var candidates = Candidates.Embed(logits, _bench.Generator.Table, random);
            discriminatorSum += StepDiscriminator(discriminatorLearner, batch, candidates);
            generatorSum += generatorLearner.Step(GeneratorLossOf(batch, logits, candidates));
            step++;
            if (!onStep())
                break;
        }

        return (generatorSum / (step - firstStep), discriminatorSum / (step - firstStep));
    }

    // True and generated candidates in one batch; what the generator said counts as given.
    private static double StepDiscriminator(DiscriminatorLearner learner, TextBatch batch, Tensor candidates)
    {
        var sequences = cat([batch.TrueSequences, batch.With(candidates.detach())], 0);
        var labels = cat([ones(batch.Words.shape, device: sequences.device), zeros(batch.Words.shape, device: sequences.device)], 0);
        var loss = learner.Step(sequences, batch.Mask, labels);
        return double.IsNaN(loss)
            ? throw new UserErrorException("The discriminator's loss is no longer a finite number; another --seed may do better.")
            : loss;
    }

    // The gradient passes through the discriminator, which is held still, back to what the generator wanted to say.
    private Tensor GeneratorLossOf(TextBatch batch, Tensor logits, Tensor candidates)
    {
        _discriminator.eval();
        foreach (var parameter in _discriminator.parameters())
            parameter.requires_grad = false;
        var scores = _discriminator.forward(batch.With(candidates), batch.Mask);
        foreach (var parameter in _discriminator.parameters())
            parameter.requires_grad = true;
        return GeneratorLoss.TeacherForcing(logits, batch.Words)
            .add(GeneratorLoss.Adversarial(scores).mul(_bench.Preset.AdversarialWeight));
    }
}
