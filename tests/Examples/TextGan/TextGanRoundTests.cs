using MlNetNtd.Studies.TextGan;
using MlNetNtd.Tests;
using TorchSharp;

namespace MlNetNtd.Examples.Tests;

[TestClass]
public sealed class TextGanRoundTests
{
    [TestMethod]
    [FullRun]
    public void Generator_learns_from_token_scores()
    {
        using var folder = new TemporaryFolder();
        // The discriminator knows the refrain, the generator nothing yet, and teacher forcing has all but no weight.
        var hyperparameters = Hyperparameters.Default with
        {
            Tokens = 8,
            BatchSize = 8,
            DiscriminatorEpochs = 10,
            AdversarialRate = 5e-3,
            AdversarialWeight = 100,
            BatchesPerRound = 60,
        };
        using var experiment = TextGanSamples.CreateExperiment(folder, TextGanSamples.Refrain, hyperparameters);
        using var discriminator = new DiscriminatorPretraining(experiment).Train(null, default);
        var before = Auc(experiment, discriminator);
        Assert.IsGreaterThan(0.9, before);

        for (var round = 0; round < 6; round++)
            new TextRound(experiment, discriminator).Run(round, null, _ => true);

        Assert.IsLessThan(before - 0.2, Auc(experiment, discriminator));
        Assert.IsTrue(discriminator.parameters().All(parameter => parameter.requires_grad));
    }

    [TestMethod]
    public void Round_without_adversary_is_teacher_forcing_on_the_same_windows()
    {
        using var folder = new TemporaryFolder();
        var hyperparameters = Hyperparameters.Default with { BatchSize = 8, BatchesPerRound = 4, DiscriminatorEpochs = 1, AdversarialWeight = 0 };
        using var experiment = TextGanSamples.CreateExperiment(folder, TextGanSamples.Text, hyperparameters);
        using var discriminator = new DiscriminatorNetwork(experiment.Pipeline.CreateConfig(experiment.Table, experiment.Dataset));
        var start = experiment.Generator.Weights;

        var alone = new TextRound(experiment, null).Run(0, null, _ => true);
        experiment.Generator.Weights = start;
        var beside = new TextRound(experiment, discriminator).Run(0, null, _ => true);

        // An adversary without weight changes nothing: both arms of an ablation differ by the term alone.
        Assert.AreEqual(alone.TeacherForcing, beside.TeacherForcing);
        Assert.AreEqual(0.0, alone.Adversarial);
        Assert.IsGreaterThan(0.0, beside.Adversarial);
        Assert.IsGreaterThan(0.0, beside.Discriminator);
    }

    [TestMethod]
    public void Arms_of_a_round_differ_by_what_their_hyperparameters_say()
    {
        using var folder = new TemporaryFolder();
        var hyperparameters = Hyperparameters.Default with { BatchSize = 8, BatchesPerRound = 3, DiscriminatorEpochs = 1 };
        using var experiment = TextGanSamples.CreateExperiment(folder, TextGanSamples.Text, hyperparameters);
        var start = experiment.Generator.Weights;

        var (plain, gibberish, reinforce) = (Run(hyperparameters), Run(hyperparameters with { RandomWordsInRounds = true }), Run(hyperparameters with { Update = GeneratorUpdate.Reinforce }));

        Assert.AreEqual(plain, Run(null));
        Assert.AreNotEqual(plain.Losses.Discriminator, gibberish.Losses.Discriminator);
        Assert.AreNotEqual(plain.Weight, reinforce.Weight);

        (RoundLosses Losses, float Weight) Run(Hyperparameters? round)
        {
            experiment.Generator.Weights = start;
            using var discriminator = new DiscriminatorNetwork(experiment.Pipeline.CreateConfig(experiment.Table, experiment.Dataset), seed: 3);
            return (new TextRound(experiment, discriminator, round).Run(0, null, _ => true), experiment.Generator.Weights["word_bias"][5]);
        }
    }

    /// <summary>Both networks, both optimizers, dropout, the draws and the sums go on where they were.</summary>
    [TestMethod]
    public void Stopped_round_resumes_to_the_same_end()
    {
        using var folder = new TemporaryFolder();
        var hyperparameters = Hyperparameters.Default with { BatchSize = 4, BatchesPerRound = 4, DiscriminatorEpochs = 1 };
        using var experiment = TextGanSamples.CreateExperiment(folder, TextGanSamples.Text, hyperparameters);
        var start = experiment.Generator.Weights;
        using var whole = Network();
        var losses = new TextRound(experiment, whole).Run(0, null, _ => true);
        var (generator, discriminator) = (experiment.Generator.Weights, Weights(whole));

        for (var stop = 1; stop <= 4; stop++)
        {
            experiment.Generator.Weights = start;
            using var stopped = Network();
            StepState? known = null;
            var step = 0;
            new TextRound(experiment, stopped).Run(0, null, now =>
            {
                known = now();
                return ++step < stop;
            });
            using var resumed = Network();
            var rest = 0;
            var found = new TextRound(experiment, resumed).Run(0, known, _ => ++rest > 0);

            Assert.AreEqual((stop, 4 - stop), (step, rest));
            Assert.AreEqual(losses, found);
            AssertSame(generator, experiment.Generator.Weights);
            AssertSame(discriminator, Weights(resumed));
        }

        DiscriminatorNetwork Network() => new(experiment.Pipeline.CreateConfig(experiment.Table, experiment.Dataset), seed: 3);

        static IReadOnlyDictionary<string, float[]> Weights(DiscriminatorNetwork network)
        {
            using var learner = new DiscriminatorLearner(network);
            return learner.GetState().Weights;
        }

        static void AssertSame(IReadOnlyDictionary<string, float[]> expected, IReadOnlyDictionary<string, float[]> found)
        {
            foreach (var (name, values) in expected)
                CollectionAssert.AreEqual(values, found[name], name);
        }
    }

    [TestMethod]
    public void Stopped_pretraining_epoch_resumes_to_the_same_end()
    {
        using var folder = new TemporaryFolder();
        var hyperparameters = Hyperparameters.Default with { BatchSize = 16 };
        using var experiment = TextGanSamples.CreateExperiment(folder, TextGanSamples.Text, hyperparameters);
        var start = experiment.Generator.Weights;
        var loss = new Pretraining(experiment).Train(1, null, _ => true);
        var whole = experiment.Generator.Weights;

        experiment.Generator.Weights = start;
        StepState? known = null;
        new Pretraining(experiment).Train(1, null, now => (known = now()).Step < 3);
        var found = new Pretraining(experiment).Train(1, known, _ => true);

        Assert.AreEqual(loss, found);
        foreach (var (name, values) in whole)
            CollectionAssert.AreEqual(values, experiment.Generator.Weights[name], name);
    }

    private static double Auc(Experiment experiment, DiscriminatorNetwork discriminator) =>
        HeldOutEvaluation.EvaluateNetwork(experiment.Transformer, discriminator, experiment.Rows.ToView(experiment.DrawHeldOutExamples()), torch.CPU).Auc;
}
