using TorchSharp;

namespace MlNetNtd.Examples.TextGan;

/// <summary>The three phases, from wherever the state says, with a checkpoint behind each step of the way that took time.</summary>
internal sealed class Run
{
    private const int SampleWords = 24;

    private readonly Workbench _bench;
    private readonly Screen _screen;
    private readonly Checkpoint _checkpoint;
    private readonly CancellationToken _interrupt;

    public Run(Workbench bench, Screen screen, Checkpoint checkpoint, RunState state, CancellationToken interrupt)
    {
        _bench = bench;
        _screen = screen;
        _checkpoint = checkpoint;
        State = state;
        _interrupt = interrupt;
    }

    public RunState State { get; private set; }

    /// <summary>Trains.</summary>
    /// <returns>The discriminator, the caller's to dispose.</returns>
    /// <exception cref="InterruptedException">The user stopped it; the checkpoint is saved.</exception>
    public DiscriminatorNetwork Train()
    {
        while (State.Epochs.Count < _bench.Preset.PretrainingEpochs)
            TrainEpoch();

        var discriminator = State.HasDiscriminator ? LoadDiscriminator() : TrainFirst();
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

    private void TrainEpoch()
    {
        var (phase, epoch) = (new Pretraining(_bench), State.Epochs.Count);
        var title = $"Pre-training, epoch {epoch + 1} of {_bench.Preset.PretrainingEpochs}";
        var loss = Steps(title, phase.Steps, null, onStep => phase.Train(epoch, State.Step, onStep));
        var result = new EpochResult(loss, phase.HeldOutLoss());
        State = State with { Step = 0, Epochs = [.. State.Epochs, result] };
        Save(null);
        _screen.Line($"{title}: loss {Screen.Number(result.TrainingLoss)}, on held-out text {Screen.Number(result.HeldOutLoss)} nats a word");
    }

    private DiscriminatorNetwork TrainFirst()
    {
        const string title = "Discriminator, first training";
        var network = _screen.Progress(title, _bench.Preset.DiscriminatorEpochs, tick =>
        {
            try
            {
                return new FirstJudgement(_bench).Train(epoch => tick(), _interrupt);
            }
            catch (OperationCanceledException) when (_interrupt.IsCancellationRequested)
            {
                return null;
            }
        });
        if (network is null)
            throw Stop(null);
        State = State with { HasDiscriminator = true };
        Save(network);
        _screen.Line($"{title}: AUC on held-out text {Screen.Number(HeldOutAuc(network))}");
        return network;
    }

    private void TrainRound(DiscriminatorNetwork discriminator)
    {
        var (phase, round) = (new AdversarialRound(_bench, discriminator), State.Results.Count);
        var losses = Steps($"Round {round + 1} of {State.Rounds}", phase.Steps, discriminator, onStep => phase.Run(round, State.Step, onStep));
        var sampler = new Sampler(_bench.Generator, _bench.Story.Vocabulary, _bench.Table, _bench.Machine.Device);
        var result = new RoundResult(
            losses.Generator, new Pretraining(_bench).HeldOutLoss(), losses.Discriminator, HeldOutAuc(discriminator),
            sampler.Write(SampleWords, _bench.Seeds.Sample(round)));
        State = State with { Step = 0, Results = [.. State.Results, result] };
        Save(discriminator);
        RoundTable.Print(_screen, round + 1, State.Rounds, result);
    }

    // Runs the steps of an epoch or a round, behind a bar, until they are done or the user has had enough.
    private T Steps<T>(string title, int count, DiscriminatorNetwork? discriminator, Func<Func<bool>, T> run)
    {
        var done = State.Step;
        if (done >= count)
            throw new UserErrorException($"The checkpoint cannot be used: it has {done} steps behind it where there are {count}.");
        var result = _screen.Progress(title, count - State.Step, tick => run(() =>
        {
            tick();
            done++;
            return !_interrupt.IsCancellationRequested;
        }));
        if (!_interrupt.IsCancellationRequested)
            return result;
        // The last step is left to the resumed run, whose epoch or round needs one to end with.
        State = State with { Step = Math.Min(done, count - 1) };
        throw Stop(discriminator);
    }

    private InterruptedException Stop(DiscriminatorNetwork? discriminator)
    {
        Save(discriminator);
        return new InterruptedException("Interrupted; the checkpoint is saved, and --resume with the same --out goes on from there.");
    }

    private void Save(DiscriminatorNetwork? discriminator) => _checkpoint.Save(State, _bench.Generator, discriminator);

    private DiscriminatorNetwork LoadDiscriminator()
    {
        var network = new DiscriminatorNetwork(_bench.Pipeline.Shape(_bench.Table, _bench.Story));
        if (_bench.Machine.Device.type != DeviceType.CPU)
            network.to(_bench.Machine.Device);
        _checkpoint.Load(network);
        return network;
    }

    private DiscriminatorNetwork Copy(DiscriminatorNetwork network, int seed)
    {
        using var scorer = _bench.Pipeline.Scorer(network);
        return scorer.CreateNetwork(_bench.Machine.Device, seed);
    }

    private double HeldOutAuc(DiscriminatorNetwork discriminator)
    {
        var drawn = _bench.Draw(_bench.Story.HeldOut, _bench.Seeds.HeldOutCandidates);
        return HeldOutJudge.OfNetwork(_bench.Stage, discriminator, _bench.Rows.TrueAndDrawn(_bench.Story.HeldOut, drawn), _bench.Machine.Device);
    }
}
