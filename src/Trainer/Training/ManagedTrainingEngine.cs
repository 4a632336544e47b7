using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>Trains in managed code on the CPU, under the next-token rule and in single precision.</summary>
internal sealed class ManagedTrainingEngine(IHostEnvironment env, StateDictionary weights, TrainingEngineSettings settings) : ITrainingEngine
{
    private readonly ManagedLearner _learner = new(weights, settings.LearnerOptions, settings.DropoutSeed) { AllReduce = settings.AllReduce };

    public ILearner Learner => _learner;

    public StepBatch Pack(SequenceRow[] rows) => new ManagedStepBatch(rows, settings.MicroBatchSize);

    public double Step(StepBatch batch) => _learner.Step(((ManagedStepBatch)batch).Sequences, settings.Loss);

    public ReadOnlySpan<float> GetLogits(int row) => _learner.GetLogits(row);

    public StateDictionary CopyWeights() => _learner.ToStateDictionary();

    public IRowScorer CreateScorer() => new ManagedRowScorer(env, CopyWeights());

    public void Dispose()
    {
    }
}
