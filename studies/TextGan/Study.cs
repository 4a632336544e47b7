namespace MlNetNtd.Studies.TextGan;

/// <summary>A run from the text to the saved model.</summary>
internal static class Study
{
    // A half is chance. This is far enough above it not to be luck.
    private const double MinRandomWordsAuc = 0.6;

    /// <summary>Trains, saves the model, loads it in a fresh context and evaluates it on held-out text.</summary>
    /// <returns>Whether the generator predicts better than single words, and the discriminator tells text from random words.</returns>
    /// <exception cref="OperationCanceledException">The run was stopped; its checkpoint is saved.</exception>
    public static bool Run(Hyperparameters hyperparameters, TextDataset dataset, int seed, string folder, TextWriter output, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        using var checkpoint = new RunCheckpoint(folder, hyperparameters, seed, dataset);
        var state = checkpoint.Read();
        using var experiment = new Experiment(hyperparameters, dataset, new Seeds(seed), new Compute(seed));
        output.WriteLine($"TextGan, preset {hyperparameters.Name}, seed {seed}, on {experiment.Compute.Device}: {dataset.Windows} windows of T = {dataset.Tokens} tokens, "
            + $"{dataset.HeldOutWindows} of them held out; {dataset.Vocabulary.Count} words with embeddings of C = {hyperparameters.Dimension} values");
        if (state.Generator.Count > 0)
            experiment.Generator.Weights = state.Generator;
        var run = new TrainingRun(experiment, output, checkpoint, state, cancellationToken);
        using var discriminator = run.Train();

        var model = Path.Combine(folder, "model.zip");
        SavedModel.Save(experiment, discriminator, model);
        Curves.Save(Path.Combine(folder, "curves.svg"), run);
        var metrics = SavedModel.Evaluate(experiment, model);
        var loss = run.State.Results[^1].Metrics.HeldOutLoss;
        var learned = loss < run.WordLoss && metrics.RandomWordsAuc > MinRandomWordsAuc;
        output.WriteLine($"{(learned ? "OK" : "Not OK")}: text above its own words shuffled: AUC {metrics.ShuffledAuc:F3}");
        output.WriteLine($"generator {loss:F3} pairs {run.PairLoss:F3}; discriminator {metrics.DrawnAuc:F3} PMI {metrics.PairAuc:F3}; "
            + $"text over gibberish {metrics.RandomWordsAuc:F3}");
        return learned;
    }
}
