using static TorchSharp.torch;

namespace MlNetNtd.Examples.TextGan;

/// <summary>One round: the two networks take steps in turn on the same batches.</summary>
internal sealed class TextRound
{
    private readonly Workbench _bench;
    private readonly DiscriminatorNetwork? _discriminator;

    /// <param name="bench">The text and the generator.</param>
    /// <param name="discriminator">
    /// The generator's adversary, which learns too; null: the generator goes on by teacher forcing alone, with the same steps
    /// on the same windows.
    /// </param>
    public TextRound(Workbench bench, DiscriminatorNetwork? discriminator)
    {
        _bench = bench;
        _discriminator = discriminator;
    }

    /// <summary>Steps a round.</summary>
    public int Steps => Math.Min(_bench.Preset.BatchesPerRound, _bench.BatchesPerPass);

    /// <summary>Runs a round, or what is left of it.</summary>
    /// <param name="round">From 0.</param>
    /// <param name="before">What it knew when it was stopped; null: it begins.</param>
    /// <param name="onStep">Told of each step when it is done; returns false to stop.</param>
    /// <returns>The mean losses of its steps.</returns>
    public RoundLosses Run(int round, UnderWay? before, StepDone onStep)
    {
        // Every round begins with fresh optimizers.
        var (generator, preset, seeds) = (_bench.Generator, _bench.Preset, _bench.Seeds);
        using var learner = new GeneratorLearner(generator) { Rate = preset.AdversarialRate };
        using var adversary = _discriminator is null ? null : new Adversary(_bench, _discriminator);
        generator.train();
        var (sum, step) = (new RoundLosses(0, 0, 0), 0);
        if (before is not null)
        {
            (learner.State, sum, step) = (before.Generator, before.Sums, before.Step);
            if (before.Discriminator is { } state)
                adversary?.SetState(state);
        }

        foreach (var batch in _bench.Batches(_bench.Story.Pass(seeds.RoundOrder(round)), seeds.RoundOrder(round)).Take(Steps).Skip(step))
        {
            generator.SeedDropout(seeds.RoundDropout(round, step));
            var logits = generator.forward(batch.Context);
            var loss = GeneratorLoss.TeacherForcing(logits, batch.Words);
            sum = sum with { TeacherForcing = sum.TeacherForcing + loss.ItemSingle() };
            if (adversary is not null)
            {
                var (opinion, losses) = adversary.Turn(batch, logits, new Random(seeds.RoundCandidates(round, step)));
                loss = loss.Add(opinion.Mul(preset.AdversarialWeight));
                sum = sum with { Adversarial = sum.Adversarial + losses.Adversarial, Discriminator = sum.Discriminator + losses.Discriminator };
            }

            learner.Step(loss);
            step++;
            if (!onStep(() => new UnderWay(step, sum, learner.State, adversary?.GetState())))
                break;
        }

        generator.eval();
        return sum.Over(step);
    }

    /// <summary>The discriminator's side of a round.</summary>
    private sealed class Adversary : IDisposable
    {
        private readonly Workbench _bench;
        private readonly DiscriminatorLearner _learner;
        private readonly AdversarialTrainer _round;

        public Adversary(Workbench bench, DiscriminatorNetwork discriminator)
        {
            _bench = bench;
            _learner = new DiscriminatorLearner(discriminator, new DiscriminatorLearnerOptions { LearningRate = bench.Preset.AdversarialRate });
            _round = new AdversarialTrainer(discriminator, _learner);
        }

        public DiscriminatorLearnerState GetState() => _learner.GetState();

        public void SetState(DiscriminatorLearnerState state) => _learner.SetState(state);

        /// <summary>Learns from one draw of the generator's words, then judges all draws.</summary>
        /// <returns>The loss that the generator is to go down, and both sides' losses as figures.</returns>
        public (Tensor Opinion, RoundLosses Losses) Turn(TextBatch batch, Tensor logits, Random random)
        {
            var draws = Candidates.Draw(logits, random, _bench.Preset.AdversarialDraws);
            Tensor[] drawn = [.. draws.Select(batch.With)];
            var gibberish = new Gibberish(_bench.Story, random.Next());
            int[] nonsense = [.. batch.Windows.SelectMany(_ => gibberish.Words())];
            var loss = _round.StepDiscriminator(batch.TrueSequences, cat([drawn[0], batch.With(nonsense)], 0));
            if (double.IsNaN(loss))
                throw new UserErrorException("The discriminator's loss is no longer a finite number; another --seed may do better.");

            var scores = stack(_round.Score(cat(drawn, 0)).chunk(drawn.Length, 0), -1);
            var words = stack(draws.Select(draw => tensor(draw.Select(word => (long)word).ToArray(), batch.Words.shape)), -1).to(scores.device);
            var believed = DiscriminatorLoss.BinaryCrossEntropy(scores.reshape(-1, scores.shape[^1]), ones_like(scores).reshape(-1, scores.shape[^1]));
            return (GeneratorLoss.Adversarial(logits, words, scores), new RoundLosses(0, believed.ItemSingle(), loss));
        }

        public void Dispose()
        {
            _round.Dispose();
            _learner.Dispose();
        }
    }
}

/// <summary>The losses of a round, in nats a word.</summary>
/// <param name="TeacherForcing">The generator's, of the text's own words.</param>
/// <param name="Adversarial">The generator's, of the words it drew: how sure the discriminator was that they are not the text's.</param>
/// <param name="Discriminator">The discriminator's, of true and false words.</param>
internal sealed record RoundLosses(double TeacherForcing, double Adversarial, double Discriminator)
{
    /// <summary>The means of sums.</summary>
    public RoundLosses Over(int steps) => new(TeacherForcing / steps, Adversarial / steps, Discriminator / steps);
}
