using Microsoft.ML;

namespace MlNetNtd.Studies.Imitation;

/// <summary>The data and sizes that the learners of one seed have in common.</summary>
internal sealed class Experiment : IDisposable
{
    private readonly Random _seeds;

    public Experiment(Hyperparameters hyperparameters, int seed)
    {
        Hyperparameters = hyperparameters;
        Context = new MLContext(seed);
        _seeds = new Random(seed);
        Experts = Expert.CreateWalks(hyperparameters.Experts, NextSeed());
        HeldOut = Expert.CreateWalks(hyperparameters.TrialWalks, NextSeed());
        Rows = new WalkRows(Context, ObstacleWorld.Steps);
        Transformer = Context.Transforms.NextTokenDiscriminator().Fit(Rows.ToView(Experts, byExpert: true));
    }

    public Hyperparameters Hyperparameters { get; }

    public MLContext Context { get; }

    /// <summary>The walks to learn from.</summary>
    public List<Walk> Experts { get; }

    /// <summary>Walks that no learner sees.</summary>
    public List<Walk> HeldOut { get; }

    /// <summary>Whole walks as rows.</summary>
    public WalkRows Rows { get; }

    /// <summary>The transform, which takes rows of any number of steps up to those of a walk.</summary>
    public NextTokenDiscriminatorTransformer Transformer { get; }

    /// <summary>Draws a seed.</summary>
    public int NextSeed() => _seeds.Next();

    /// <summary>Creates an adversary for rows of at most this many tokens.</summary>
    public DiscriminatorNetwork CreateAdversary(int tokens) => new(
        new DiscriminatorConfig
        {
            EmbeddingDimension = Tokens.Dimension,
            MaxTokens = tokens,
            ModelDimension = AdversarySize.Width,
            Layers = AdversarySize.Layers,
            FeedForwardDimension = AdversarySize.FeedForward,
            // A policy learns from what the adversary knows, not from what dropout hides.
            Dropout = 0,
        },
        NextSeed());

    /// <summary>Creates a trainer of the same sizes, for fresh discriminators and for scorers around a trained adversary.</summary>
    public NextTokenDiscriminatorTrainer CreateTrainer() =>
        Context.BinaryClassification.Trainers.NextTokenDiscriminator(new NextTokenDiscriminatorTrainer.Options
        {
            LabelColumnName = nameof(WalkRow.Label),
            ModelDimension = AdversarySize.Width,
            Layers = AdversarySize.Layers,
            FeedForwardDimension = AdversarySize.FeedForward,
            Epochs = Hyperparameters.FreshDiscriminatorEpochs,
            LearningRate = 3e-3,
            ProgressSeconds = 0,
            Engine = Hyperparameters.Engine,
            Seed = NextSeed(),
        });

    public void Dispose() => Transformer.Dispose();

    private static class AdversarySize
    {
        public const int Width = 32;
        public const int Layers = 1;
        public const int FeedForward = 64;
    }
}
