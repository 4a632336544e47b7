using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetNtd.Benchmarks.Quality;
using MlNetNtd.Studies.TextGan;

namespace MlNetNtd.Studies.Resampling;

/// <summary>TextGan's book and its recurrent generator, with the adversary as one more control.</summary>
/// <param name="hyperparameters">TextGan's sizes.</param>
/// <param name="candidates">K.</param>
internal sealed class RecurrentText(Hyperparameters hyperparameters, int candidates) : StudyText
{
    private const double LowTemperature = 0.9;

    // The generator writes more windows than the held-out text has, because counts of three words in a row are few.
    private const int WrittenPerTest = 20;

    private readonly TextDataset _dataset = TextDataset.Read(TextDataset.DefaultPath, hyperparameters.Tokens, hyperparameters.Words);

    public override IReadOnlyList<ArmResult> Run(int seed, CancellationToken cancellationToken)
    {
        using var experiment = new Experiment(hyperparameters, _dataset, new Seeds(seed), new Compute(seed));
        TrainGenerator(experiment, cancellationToken);
        using var model = TrainDiscriminator(experiment, cancellationToken);
        var scorer = CreateScorer(experiment, model);

        // Held-out windows take turns: alpha is fitted on one half.
        var heldOut = _dataset.HeldOut.Select(window => _dataset[window].ToArray()).ToArray();
        int[][] validation = [.. heldOut.Where((_, i) => i % 2 == 0)], test = [.. heldOut.Where((_, i) => i % 2 == 1)];
        // The judges count on the first half of the text to learn from, and learn from windows of the second.
        var windows = _dataset.Training.Select(window => _dataset[window].ToArray()).ToArray();
        var (counted, judged) = (windows[..(windows.Length / 2)], windows[(windows.Length / 2)..]);
        var models = new TextModels(new TextSplit("alice", experiment.Table.Words, [[.. counted.SelectMany(window => window)]], judged, test), hyperparameters.Dimension);
        var evaluation = new ArmEvaluation(new Judge(models, seed), new RecurrentJudge(models.Embeddings, seed), judged, test, WrittenPerTest, seed);

        using var generator = new RecurrentGenerator(experiment.Generator, experiment.Table);
        var (writer, forced) = (new Writer(generator, _dataset.Tokens), new TeacherForcing(generator, test));
        var bigram = new BigramGenerator(new NGramModel([[.. _dataset.TrainingIds]], experiment.Table.Words, order: 2), experiment.Table.Words);
        var bigramWriter = new Writer(bigram, _dataset.Tokens);
        List<ArmResult> arms =
        [
            evaluation.Evaluate("generator", forced.ComputeLoss(), (count, draw) => writer.Write(count, draw)),
            ResampledArm.Evaluate($"picks of {candidates}", evaluation, generator, new WordScorer(scorer, Embed), validation, test, test.Length, candidates, seed),
            evaluation.Evaluate($"temperature {LowTemperature}", forced.ComputeLoss(LowTemperature), (count, draw) => writer.Write(count, draw, LowTemperature)),
            evaluation.Evaluate("bigram of the same text", new TeacherForcing(bigram, test).ComputeLoss(), (count, draw) => bigramWriter.Write(count, draw)),
        ];

        // The adversary begins with the same discriminator. It changes the generator's weights, so it comes last.
        using var adversary = model.LastTransformer.CreateNetwork(experiment.Compute.Device);
        var rounds = new TextRound(experiment, adversary);
        for (var round = 0; round < hyperparameters.Rounds; round++)
            rounds.Run(round, null, Continue(cancellationToken));
        arms.Add(evaluation.Evaluate("adversary", new TeacherForcing(generator, test).ComputeLoss(), (count, draw) => writer.Write(count, draw)));
        return arms;

        ReadOnlySpan<float> Embed(int word) => experiment.Table.Values.AsSpan(word * experiment.Table.Dimension, experiment.Table.Dimension);
    }

    private static StepCallback Continue(CancellationToken cancellationToken) => _ =>
    {
        cancellationToken.ThrowIfCancellationRequested();
        return true;
    };

    private static TokenScorer CreateScorer(Experiment experiment, ITransformer model)
    {
        using var zip = new MemoryStream();
        experiment.Compute.Context.Model.Save(model, experiment.Rows.ToRealView(experiment.Dataset.HeldOut).Schema, zip);
        return TokenScorer.LoadModel(zip);
    }

    private void TrainGenerator(Experiment experiment, CancellationToken cancellationToken)
    {
        var phase = new Pretraining(experiment);
        for (var epoch = 0; epoch < hyperparameters.PretrainingEpochs; epoch++)
            phase.Train(epoch, null, Continue(cancellationToken));
    }

    // Words at random, which TextGan's own discriminator learns from too, are left out: they would move its logit away from the log-ratio.
    private TransformerChain<NextTokenDiscriminatorScorer> TrainDiscriminator(Experiment experiment, CancellationToken cancellationToken)
    {
        var examples = Enumerable.Range(0, hyperparameters.DiscriminatorPasses).SelectMany(pass =>
        {
            var draws = experiment.Seeds.FirstCandidates(pass);
            int[] windows = [.. _dataset.GetPass(draws)];
            return windows.Zip(experiment.Draw(windows, draws), (window, drawn) => new[] { Example.Real(_dataset, window), Example.Generated(_dataset, window, drawn) });
        });
        return experiment.Pipeline.CreateTransform(experiment.Table)
            .Append(experiment.Pipeline.CreateTrainer(experiment.Seeds.Discriminator, hyperparameters.DiscriminatorEpochs, null, cancellationToken))
            .Fit(experiment.Rows.ToView(examples.SelectMany(pair => pair).ToArray()));
    }
}
