using Microsoft.ML;

namespace MlNetNtd.Examples.Imitation;

/// <summary>What the learners of one seed share: the experts' walks, the stage, the sizes of adversaries.</summary>
internal sealed class Workshop : IDisposable
{
    private readonly Random _seeds;

    public Workshop(Recipe recipe, int seed)
    {
        Recipe = recipe;
        Context = new MLContext(seed);
        _seeds = new Random(seed);
        Experts = Expert.Walks(recipe.Experts, NextSeed());
        HeldOut = Expert.Walks(recipe.TrialWalks, NextSeed());
        Rows = new WalkRows(Context, Course.Steps);
        Stage = Context.Transforms.NextTokenDiscriminator().Fit(Rows.View(Experts, byExpert: true));
    }

    public Recipe Recipe { get; }

    public MLContext Context { get; }

    /// <summary>The walks to learn from.</summary>
    public List<Walk> Experts { get; }

    /// <summary>Walks that no learner sees.</summary>
    public List<Walk> HeldOut { get; }

    /// <summary>Whole walks as rows.</summary>
    public WalkRows Rows { get; }

    /// <summary>The stage, which combines rows of any number of steps up to those of a walk.</summary>
    public NextTokenDiscriminatorTransformer Stage { get; }

    /// <summary>A seed for whatever is drawn next.</summary>
    public int NextSeed() => _seeds.Next();

    /// <summary>A new adversary for rows of so many tokens.</summary>
    public DiscriminatorNetwork CreateAdversary(int tokens) => new(
        new DiscriminatorConfig
        {
            EmbeddingDimension = Tokens.Dimension,
            MaxTokens = tokens,
            ModelDimension = AdversarySize.Width,
            Layers = AdversarySize.Layers,
            FeedForwardDimension = AdversarySize.FeedForward,
            // A policy is to learn from what the adversary knows, not from what it leaves out.
            Dropout = 0,
        },
        NextSeed());

    /// <summary>A trainer of the same sizes: of fresh judges, and of scorers around a trained adversary.</summary>
    public NextTokenDiscriminatorTrainer CreateTrainer() =>
        Context.BinaryClassification.Trainers.NextTokenDiscriminator(new NextTokenDiscriminatorTrainer.Options
        {
            LabelColumnName = nameof(WalkRow.Label),
            ModelDimension = AdversarySize.Width,
            Layers = AdversarySize.Layers,
            FeedForwardDimension = AdversarySize.FeedForward,
            Epochs = Recipe.JudgeEpochs,
            LearningRate = 3e-3,
            // The workshop says itself how far it is.
            ProgressSeconds = 0,
            Seed = NextSeed(),
        });

    public void Dispose() => Stage.Dispose();

    private static class AdversarySize
    {
        public const int Width = 32;
        public const int Layers = 1;
        public const int FeedForward = 64;
    }
}
