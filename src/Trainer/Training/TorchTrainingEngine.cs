using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>Trains with TorchSharp, on the CPU or on CUDA, under any mask and in either precision.</summary>
internal sealed class TorchTrainingEngine : ITrainingEngine
{
    private readonly DiscriminatorNetwork _network;
    private readonly DiscriminatorLearner _learner;
    private readonly TrainingEngineSettings _settings;
    private readonly Device _device;
    private float[][] _logits = [];
    private SequenceRow[][] _microBatches = [];

    /// <summary>Creates network and learner.</summary>
    public TorchTrainingEngine(StateDictionary weights, TrainingEngineSettings settings, Device device)
    {
        (_settings, _device) = (settings, device);
        _network = weights.ToNetwork(device, training: true, settings.DropoutSeed);
        _learner = new DiscriminatorLearner(_network, settings.LearnerOptions) { AllReduce = settings.AllReduce };
    }

    public ILearner Learner => _learner;

    public StepBatch Pack(SequenceRow[] rows) => TorchStepBatch.Create(rows, _settings, _device);

    public double Step(StepBatch batch)
    {
        using var scope = NewDisposeScope();
        _microBatches = batch.MicroBatches;
        return _learner.Step(((TorchStepBatch)batch).Inputs, out _logits);
    }

    public ReadOnlySpan<float> GetLogits(int row)
    {
        var (microBatch, index) = Math.DivRem(row, _settings.MicroBatchSize);
        var padded = _logits[microBatch].Length / _microBatches[microBatch].Length;
        var found = _microBatches[microBatch][index];
        return _logits[microBatch].AsSpan(index * padded, found.CandidatesPerToken * found.Tokens);
    }

    public StateDictionary CopyWeights() => _network.ToStateDictionary();

    public IRowScorer CreateScorer()
    {
        _network.eval();
        return new NetworkRowScorer(_network, _device);
    }

    public void Dispose()
    {
        _learner.Dispose();
        _network.Dispose();
    }

    /// <summary>Scores with the network in training, which stays the engine's.</summary>
    private sealed class NetworkRowScorer(DiscriminatorNetwork network, Device device) : IRowScorer
    {
        public RowScores[] Score(IReadOnlyList<SequenceRow> rows)
        {
            using var scope = NewDisposeScope();
            using var quiet = no_grad();
            var batch = PaddedBatch.Create(rows, device);
            var logits = network.Run(batch.Sequences, batch.Mask, batch.CandidatesPerToken).cpu();
            var (values, padded) = (logits.data<float>().ToArray(), (int)logits.shape[1]);
            return [.. rows.Select((row, i) => RowScores.FromLogits(values.AsSpan(i * padded, row.CandidatesPerToken * row.Tokens)))];
        }

        public void Dispose()
        {
        }
    }
}
