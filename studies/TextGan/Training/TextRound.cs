using static TorchSharp.torch;

namespace MlNetNtd.Studies.TextGan;

/// <summary>One round: the two networks take steps in turn on the same batches.</summary>
internal sealed class TextRound
{
    private readonly Experiment _experiment;
    private readonly DiscriminatorNetwork? _discriminator;
    private readonly Hyperparameters _hyperparameters;

    /// <param name="experiment">The text and the generator.</param>
    /// <param name="discriminator">
    /// The generator's adversary, which is trained too; null: teacher forcing alone, with the same steps on the same windows.
    /// </param>
    /// <param name="hyperparameters">The sizes of the round; null: the experiment's.</param>
    public TextRound(Experiment experiment, DiscriminatorNetwork? discriminator, Hyperparameters? hyperparameters = null)
    {
        _experiment = experiment;
        _discriminator = discriminator;
        _hyperparameters = hyperparameters ?? experiment.Hyperparameters;
    }

    private int Steps => Math.Min(_hyperparameters.BatchesPerRound, _experiment.BatchesPerPass);

    /// <summary>Runs a round, or the rest of it.</summary>
    /// <param name="round">From 0.</param>
    /// <param name="before">The state when it was stopped; null: it begins.</param>
    /// <param name="onStep">Called after each step.</param>
    /// <returns>The mean losses of its steps.</returns>
    public RoundLosses Run(int round, StepState? before, StepCallback onStep)
    {
        // Every round begins with fresh optimizers.
        var (generator, seeds) = (_experiment.Generator, _experiment.Seeds);
        using var learner = new GeneratorLearner(generator) { Rate = _hyperparameters.AdversarialRate };
        using var adversary = _discriminator is null ? null : new Adversary(_experiment, _discriminator, _hyperparameters);
        generator.train();
        var (sum, step) = (new RoundLosses(0, 0, 0), 0);
        if (before is not null)
        {
            (learner.State, sum, step) = (before.Generator, before.Sums, before.Step);
            if (before.Discriminator is { } state)
                adversary?.SetState(state);
        }

        foreach (var batch in _experiment.ReadBatches(_experiment.Dataset.GetPass(seeds.RoundOrder(round)), seeds.RoundOrder(round)).Take(Steps).Skip(step))
        {
            generator.SeedDropout(seeds.RoundDropout(round, step));
            var logits = generator.forward(batch.Context);
            var loss = GeneratorLoss.TeacherForcing(logits, batch.Words);
            sum = sum with { TeacherForcing = sum.TeacherForcing + loss.ItemSingle() };
            if (adversary is not null)
            {
                var (adversarial, losses) = adversary.Step(batch, logits, new Random(seeds.RoundCandidates(round, step)));
                loss = loss.Add(adversarial.Mul(_hyperparameters.AdversarialWeight));
                sum = sum with { Adversarial = sum.Adversarial + losses.Adversarial, Discriminator = sum.Discriminator + losses.Discriminator };
            }

            learner.Step(loss);
            step++;
            if (!onStep(() => new StepState(step, sum, learner.State, adversary?.GetState())))
                break;
        }

        generator.eval();
        return sum.Over(step);
    }

    /// <summary>The discriminator's side of a round.</summary>
    private sealed class Adversary : IDisposable
    {
        private readonly Experiment _experiment;
        private readonly Hyperparameters _hyperparameters;
        private readonly DiscriminatorLearner _learner;
        private readonly AdversarialTrainer _round;

        public Adversary(Experiment experiment, DiscriminatorNetwork discriminator, Hyperparameters hyperparameters)
        {
            (_experiment, _hyperparameters) = (experiment, hyperparameters);
            _learner = new DiscriminatorLearner(discriminator, new DiscriminatorLearnerOptions { LearningRate = hyperparameters.AdversarialRate });
            _round = new AdversarialTrainer(discriminator, _learner);
        }

        public DiscriminatorLearnerState GetState() => _learner.GetState();

        public void SetState(DiscriminatorLearnerState state) => _learner.SetState(state);

        /// <summary>Trains on one draw of the generator's words, then scores all draws.</summary>
        /// <returns>The generator's adversarial loss, and both sides' losses as numbers.</returns>
        public (Tensor Loss, RoundLosses Losses) Step(TextBatch batch, Tensor logits, Random random)
        {
            var draws = Candidates.Draw(logits, random, _hyperparameters.AdversarialDraws);
            Tensor[] drawn = [.. draws.Select(batch.WithCandidates)];
            var loss = _round.StepDiscriminator(batch.RealSequences, _hyperparameters.RandomWordsInRounds ? cat([drawn[0], DrawRandomWords(batch, random)], 0) : drawn[0]);
            if (double.IsNaN(loss))
                throw new InvalidOperationException("The discriminator's loss is not finite.");

            var scores = stack(_round.Score(cat(drawn, 0)).chunk(drawn.Length, 0), -1);
            var words = stack(draws.Select(draw => tensor(draw.Select(word => (long)word).ToArray(), batch.Words.shape)), -1).to(scores.device);
            var generatorLoss = DiscriminatorLoss.BinaryCrossEntropy(scores.reshape(-1, scores.shape[^1]), ones_like(scores).reshape(-1, scores.shape[^1]));
            return (GeneratorLoss.Adversarial(_hyperparameters.Update, logits, words, scores), new RoundLosses(0, generatorLoss.ItemSingle(), loss));
        }

        private Tensor DrawRandomWords(TextBatch batch, Random random)
        {
            var words = new RandomWords(_experiment.Dataset, random.Next());
            return batch.WithCandidates([.. batch.Windows.SelectMany(_ => words.Draw())]);
        }

        public void Dispose()
        {
            _round.Dispose();
            _learner.Dispose();
        }
    }
}

/// <summary>The losses of a round, in nats per word.</summary>
/// <param name="TeacherForcing">The generator's, on the text's own words.</param>
/// <param name="Adversarial">The generator's, on the words that it drew.</param>
/// <param name="Discriminator">The discriminator's, on real and generated words.</param>
internal sealed record RoundLosses(double TeacherForcing, double Adversarial, double Discriminator)
{
    /// <summary>Divides sums by a number of steps.</summary>
    public RoundLosses Over(int steps) => new(TeacherForcing / steps, Adversarial / steps, Discriminator / steps);
}
