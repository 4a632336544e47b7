using TorchSharp;

namespace MlNetNtd.Studies.TextGan;

/// <summary>The three phases: the generator's pre-training, the discriminator's first training, and the adversarial rounds.</summary>
internal sealed class TrainingRun
{
    private const int SampleWords = 24;

    // Below 1, likely words become likelier: fewer slips, less variety.
    private const double SampleTemperature = 0.8;

    private readonly Experiment _experiment;
    private readonly TextWriter _output;
    private readonly RunCheckpoint? _checkpoint;
    private readonly CancellationToken _cancellationToken;

    /// <param name="experiment">The text and the generator.</param>
    /// <param name="output">Receives the progress.</param>
    /// <param name="checkpoint">The checkpoint; null: the run is not saved.</param>
    /// <param name="state">The state to continue from.</param>
    /// <param name="cancellationToken">Stops the run between two steps.</param>
    public TrainingRun(Experiment experiment, TextWriter output, RunCheckpoint? checkpoint, RunState state, CancellationToken cancellationToken)
    {
        (_experiment, _output, _checkpoint, State, _cancellationToken) = (experiment, output, checkpoint, state, cancellationToken);
        WordLoss = experiment.Counts.ComputeWordLoss(experiment.Dataset, experiment.Dataset.HeldOut);
        PairLoss = experiment.Counts.ComputePairLoss(experiment.Dataset, experiment.Dataset.HeldOut);
    }

    /// <summary>Gets the next-word loss of single-word frequencies on held-out text, in nats per word.</summary>
    public double WordLoss { get; }

    /// <summary>Gets the next-word loss of pair frequencies.</summary>
    public double PairLoss { get; }

    public RunState State { get; private set; }

    /// <summary>Trains.</summary>
    /// <returns>The discriminator as its first training left it, which the caller disposes. The adversary of the rounds begins as its copy.</returns>
    /// <exception cref="OperationCanceledException">The run was stopped; the checkpoint is saved.</exception>
    public DiscriminatorNetwork Train()
    {
        var discriminator = Prepare();
        while (State.Results.Count < _experiment.Hyperparameters.Rounds)
        {
            // A copy has fresh dropout as well, so that a resumed round draws as an uninterrupted one.
            using var last = LoadNetwork(State.Adversary ?? State.Discriminator!);
            using var adversary = _experiment.Pipeline.Copy(last, _experiment.Compute.Device, _experiment.Seeds.Dropout(State.Results.Count));
            TrainRound(adversary);
        }

        return discriminator;
    }

    /// <summary>Trains both networks up to the first round.</summary>
    /// <returns>The discriminator, which the caller disposes.</returns>
    /// <exception cref="OperationCanceledException">The run was stopped; the checkpoint is saved.</exception>
    public DiscriminatorNetwork Prepare()
    {
        while (State.Epochs.Count < _experiment.Hyperparameters.PretrainingEpochs)
            TrainEpoch();
        return State.Start is null ? PretrainDiscriminator() : LoadNetwork(State.Discriminator!);
    }

    private void TrainEpoch()
    {
        var (phase, epoch) = (new Pretraining(_experiment), State.Epochs.Count);
        var title = $"Pre-training, epoch {epoch + 1} of {_experiment.Hyperparameters.PretrainingEpochs}";
        var loss = RunSteps(title, onStep => phase.Train(epoch, State.Unfinished, onStep));
        var result = new GeneratorEpoch(loss, NextWordMetrics.Evaluate(_experiment).Loss);
        State = State with { Unfinished = null, Epochs = [.. State.Epochs, result] };
        Save();
        _output.WriteLine($"{title}: loss {result.TrainingLoss:F3}, on held-out text {result.HeldOutLoss:F3} nats a word");
    }

    private DiscriminatorNetwork PretrainDiscriminator()
    {
        _output.WriteLine("Discriminator, first training ...");
        DiscriminatorNetwork network;
        try
        {
            network = new DiscriminatorPretraining(_experiment).Train(_checkpoint?.DiscriminatorTraining, _cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Save();
            throw;
        }

        State = State with { Start = Evaluate(network, _experiment.Seeds.Sample(-1)), Discriminator = GetWeights(network) };
        Save();
        // The run's own checkpoint has it from here on.
        if (_checkpoint is not null)
            File.Delete(_checkpoint.DiscriminatorTraining);
        WriteMetrics("Before the first round", State.Start, null);
        return network;
    }

    private void TrainRound(DiscriminatorNetwork adversary)
    {
        var (phase, round) = (new TextRound(_experiment, adversary), State.Results.Count);
        var title = $"Round {round + 1} of {_experiment.Hyperparameters.Rounds}";
        var losses = RunSteps(title, onStep => phase.Run(round, State.Unfinished, onStep));
        var result = new RoundResult(losses, Evaluate(adversary, _experiment.Seeds.Sample(round)));
        State = State with { Unfinished = null, Results = [.. State.Results, result], Adversary = GetWeights(adversary) };
        Save();
        WriteMetrics(title, result.Metrics, losses);
    }

    // Runs the steps of an epoch or a round, and saves on the way.
    private T RunSteps<T>(string title, Func<StepCallback, T> run)
    {
        _output.WriteLine($"{title} ...");
        var result = run(getState =>
        {
            if (_cancellationToken.IsCancellationRequested || _checkpoint?.IsDue == true)
            {
                State = State with { Unfinished = getState() };
                Save();
            }

            return !_cancellationToken.IsCancellationRequested;
        });
        _cancellationToken.ThrowIfCancellationRequested();
        return result;
    }

    private void Save()
    {
        State = State with { Generator = _experiment.Generator.Weights };
        _checkpoint?.Save(State);
    }

    private RoundMetrics Evaluate(DiscriminatorNetwork discriminator, int sampleSeed)
    {
        var examples = _experiment.DrawHeldOutExamples();
        var sampler = new Sampler(_experiment.Generator, _experiment.Table, _experiment.Compute.Device);
        var sample = sampler.Write(1, SampleWords, new Random(sampleSeed), excludeUnknown: true, SampleTemperature)[0];
        return new RoundMetrics(
            NextWordMetrics.Evaluate(_experiment).Loss,
            HeldOutEvaluation.EvaluateNetwork(_experiment.Transformer, discriminator, _experiment.Rows.ToView(examples), _experiment.Compute.Device),
            HeldOutEvaluation.EvaluatePairs(_experiment.Counts, examples),
            string.Join(' ', sample.Select(id => _experiment.Dataset.Vocabulary[id])));
    }

    private void WriteMetrics(string title, RoundMetrics metrics, RoundLosses? losses)
    {
        _output.WriteLine($"{title}: next-word loss {metrics.HeldOutLoss:F3} (pairs {PairLoss:F3}, single words {WordLoss:F3}), "
            + $"AUC {metrics.Discriminator.Auc:F3} (pairs {metrics.PairAuc:F3})"
            + (losses is null ? "" : $"; losses: teacher forcing {losses.TeacherForcing:F3}, adversarial {losses.Adversarial:F3}, discriminator {losses.Discriminator:F3}"));
        _output.WriteLine($"The generator writes: {metrics.Sample}");
    }

    private DiscriminatorNetwork LoadNetwork(IReadOnlyDictionary<string, float[]> weights)
    {
        var network = new DiscriminatorNetwork(_experiment.Pipeline.CreateConfig(_experiment.Table, _experiment.Dataset));
        if (_experiment.Compute.Device.type != DeviceType.CPU)
            network.to(_experiment.Compute.Device);
        using var learner = new DiscriminatorLearner(network);
        learner.SetState(learner.GetState() with { Weights = weights });
        return network;
    }

    private static IReadOnlyDictionary<string, float[]> GetWeights(DiscriminatorNetwork network)
    {
        using var learner = new DiscriminatorLearner(network);
        return learner.GetState().Weights;
    }
}
