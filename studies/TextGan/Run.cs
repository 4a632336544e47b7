using TorchSharp;

namespace MlNetNtd.Examples.TextGan;

/// <summary>The three phases, from wherever the state says, with a checkpoint behind each step of the way that took time.</summary>
internal sealed class Run
{
    private const int SampleWords = 24;

    // Below 1, likely words become likelier: fewer slips, less variety.
    private const double SampleTemperature = 0.8;

    private readonly Workbench _bench;
    private readonly Screen _screen;
    private readonly Checkpoint? _checkpoint;
    private readonly CancellationToken _interrupt;

    /// <param name="bench">The text and the generator.</param>
    /// <param name="screen">Where it is told.</param>
    /// <param name="checkpoint">Where it is saved; null: nowhere.</param>
    /// <param name="state">Where it stands.</param>
    /// <param name="interrupt">Stops it between two steps.</param>
    public Run(Workbench bench, Screen screen, Checkpoint? checkpoint, RunState state, CancellationToken interrupt)
    {
        _bench = bench;
        _screen = screen;
        _checkpoint = checkpoint;
        State = state;
        _interrupt = interrupt;
        WordNats = bench.Counts.WordNats(bench.Story, bench.Story.HeldOut);
        PairNats = bench.Counts.PairNats(bench.Story, bench.Story.HeldOut);
    }

    /// <summary>What counting single words comes to on held-out text, in nats a word.</summary>
    public double WordNats { get; }

    /// <summary>What counting pairs comes to.</summary>
    public double PairNats { get; }

    public RunState State { get; private set; }

    /// <summary>Trains.</summary>
    /// <returns>The discriminator, the caller's to dispose.</returns>
    /// <exception cref="InterruptedException">The user stopped it; the checkpoint is saved.</exception>
    public DiscriminatorNetwork Train()
    {
        var discriminator = Prepare();
        while (State.Results.Count < State.Rounds)
        {
            // Fresh dropout as well: a resumed round draws as an uninterrupted one.
            var before = discriminator;
            discriminator = Copy(before, _bench.Seeds.Dropout(State.Results.Count));
            before.Dispose();
            TrainRound(discriminator);
        }

        return discriminator;
    }

    /// <summary>Trains both networks up to the first round.</summary>
    /// <returns>The discriminator, the caller's to dispose.</returns>
    /// <exception cref="InterruptedException">The user stopped it; the checkpoint is saved.</exception>
    public DiscriminatorNetwork Prepare()
    {
        while (State.Epochs.Count < _bench.Preset.PretrainingEpochs)
            TrainEpoch();
        return State.Start is null ? TrainFirst() : LoadDiscriminator();
    }

    /// <summary>How the two networks stand.</summary>
    /// <param name="discriminator">The discriminator.</param>
    /// <param name="sampleSeed">Decides what the generator writes.</param>
    public Standing Judge(DiscriminatorNetwork discriminator, int sampleSeed)
    {
        var examples = _bench.HeldOutExamples();
        var sampler = new Sampler(_bench.Generator, _bench.Table, _bench.Machine.Device);
        var sample = sampler.Write(1, SampleWords, new Random(sampleSeed), known: true, SampleTemperature)[0];
        return new Standing(
            new Pretraining(_bench).HeldOutLoss(),
            HeldOutJudge.OfNetwork(_bench.Stage, discriminator, _bench.Rows.Of(examples), _bench.Machine.Device),
            HeldOutJudge.OfPairs(_bench.Counts, examples),
            string.Join(' ', sample.Select(id => _bench.Story.Vocabulary[id])));
    }

    private void TrainEpoch()
    {
        var (phase, epoch) = (new Pretraining(_bench), State.Epochs.Count);
        var title = $"Pre-training, epoch {epoch + 1} of {_bench.Preset.PretrainingEpochs}";
        var loss = Steps(title, phase.Steps, onStep => phase.Train(epoch, State.UnderWay, onStep));
        var result = new GeneratorEpoch(loss, phase.HeldOutLoss());
        State = State with { UnderWay = null, Epochs = [.. State.Epochs, result] };
        Save();
        _screen.Line($"{title}: loss {Screen.Number(result.TrainingLoss)}, on held-out text {Screen.Number(result.HeldOutLoss)} nats a word");
    }

    private DiscriminatorNetwork TrainFirst()
    {
        const string title = "Discriminator, first training";
        var network = _screen.Progress(title, _bench.Preset.DiscriminatorEpochs, tick =>
        {
            try
            {
                return new FirstJudgement(_bench).Train(epoch => tick(), _checkpoint?.FirstTraining, _interrupt);
            }
            catch (OperationCanceledException) when (_interrupt.IsCancellationRequested)
            {
                return null;
            }
        });
        if (network is null)
            throw Stop();
        State = State with { Start = Judge(network, _bench.Seeds.Sample(-1)), Discriminator = Weights(network) };
        Save();
        // From here on the run's own checkpoint has it.
        if (_checkpoint is not null)
            File.Delete(_checkpoint.FirstTraining);
        RoundTable.Print(_screen, "Before the first round", State.Start, null, WordNats, PairNats);
        return network;
    }

    private void TrainRound(DiscriminatorNetwork discriminator)
    {
        var (phase, round) = (new TextRound(_bench, discriminator), State.Results.Count);
        var title = $"Round {round + 1} of {State.Rounds}";
        var losses = Steps(title, phase.Steps, onStep => phase.Run(round, State.UnderWay, onStep));
        var result = new RoundResult(losses, Judge(discriminator, _bench.Seeds.Sample(round)));
        State = State with { UnderWay = null, Results = [.. State.Results, result], Discriminator = Weights(discriminator) };
        Save();
        RoundTable.Print(_screen, title, result.Standing, losses, WordNats, PairNats);
    }

    // Runs the steps of an epoch or a round, behind a bar, until they are done or the user has had enough.
    private T Steps<T>(string title, int count, Func<StepDone, T> run)
    {
        var done = State.UnderWay?.Step ?? 0;
        if (done > count)
            throw new UserErrorException($"The checkpoint cannot be used: it has {Counted.Of(done, "step")} behind it where there are {count}.");
        var result = _screen.Progress(title, Math.Max(1, count - done), tick => run(now =>
        {
            tick();
            if (_interrupt.IsCancellationRequested || _checkpoint?.IsDue == true)
                State = State with { UnderWay = now() };
            if (_checkpoint?.IsDue == true)
                Save();
            return !_interrupt.IsCancellationRequested;
        }));
        return _interrupt.IsCancellationRequested ? throw Stop() : result;
    }

    private InterruptedException Stop()
    {
        Save();
        return new InterruptedException("Interrupted; the checkpoint is saved, and --resume with the same --out goes on from there.");
    }

    private void Save()
    {
        State = State with { Generator = _bench.Generator.Weights };
        _checkpoint?.Save(State);
    }

    private DiscriminatorNetwork LoadDiscriminator()
    {
        var network = new DiscriminatorNetwork(_bench.Pipeline.Shape(_bench.Table, _bench.Story));
        if (_bench.Machine.Device.type != DeviceType.CPU)
            network.to(_bench.Machine.Device);
        using var learner = new DiscriminatorLearner(network);
        learner.SetState(learner.GetState() with { Weights = State.Discriminator! });
        return network;
    }

    private static IReadOnlyDictionary<string, float[]> Weights(DiscriminatorNetwork network)
    {
        using var learner = new DiscriminatorLearner(network);
        return learner.GetState().Weights;
    }

    private DiscriminatorNetwork Copy(DiscriminatorNetwork network, int seed)
    {
        using var scorer = _bench.Pipeline.Scorer(network);
        return scorer.CreateNetwork(_bench.Machine.Device, seed);
    }
}
