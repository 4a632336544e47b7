using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetNtd.Soak;

/// <summary>The three things: blocks through the Torch engine, training steps, loads of a model that is used and disposed.</summary>
internal static class SoakPhases
{
    private const int BlockRows = 4;
    private const int BlocksAPass = 50;

    /// <summary>Blocks of four rows through the Torch engine.</summary>
    public static SoakPhase Blocks(int count) => new("blocks", count, () =>
    {
        var context = new MLContext(seed: 1);
        var input = SoakRow.View(context, BlockRows * BlocksAPass);
        var stage = context.Transforms.NextTokenDiscriminator(
            new NextTokenDiscriminatorEstimator.Options { Engine = EngineKind.Torch, BatchSize = BlockRows }).Fit(input);
        var output = stage.Transform(input);
        return new SoakWork(
            blocks =>
            {
                for (var left = blocks; left > 0; left -= BlocksAPass)
                {
                    // Dropped half-way where fewer are left.
                    using var cursor = output.GetRowCursor(output.Schema);
                    for (var row = 0; row < Math.Min(left, BlocksAPass) * BlockRows && cursor.MoveNext(); row++)
                    {
                    }
                }
            },
            0,
            stage.Dispose);
    });

    /// <summary>Steps of a small network, with dropout and gradients kept short.</summary>
    public static SoakPhase Steps(int count) => new("steps", count, () =>
    {
        var network = new DiscriminatorNetwork(
            new DiscriminatorConfig { EmbeddingDimension = SoakRow.Dimension, MaxTokens = SoakRow.Tokens, Layers = 1, FeedForwardDimension = 16, Dropout = 0.1 }, seed: 1);
        var learner = new DiscriminatorLearner(network, new DiscriminatorLearnerOptions());
        Tensor sequences, labels;
        using (var scope = NewDisposeScope())
        {
            using var random = new Generator(1, CPU);
            sequences = randn([8, 2 * SoakRow.Tokens, SoakRow.Dimension], generator: random).MoveToOuterDisposeScope();
            labels = tensor([1f, 0, 1, 0, 1, 0, 1, 0]).MoveToOuterDisposeScope();
        }

        return new SoakWork(
            steps =>
            {
                for (var step = 0; step < steps; step++)
                    learner.Step(sequences, null, labels);
            },
            0,
            () =>
            {
                learner.Dispose();
                network.Dispose();
                sequences.Dispose();
                labels.Dispose();
            });
    });

    /// <summary>A model of transform and scorer: loaded, asked for the score of a row by the Torch engine, disposed.</summary>
    public static SoakPhase Loads(int count) => new("loads", count, () =>
    {
        var context = new MLContext(seed: 1);
        var input = SoakRow.View(context, 16);
        var zip = new MemoryStream();
        long parameters;
        using (var model = context.Transforms.NextTokenDiscriminator().Append(Trainer(context)).Fit(input))
        {
            context.Model.Save(model, input.Schema, zip);
            using var network = model.LastTransformer.CreateNetwork();
            parameters = network.parameters().Count();
        }

        var one = SoakRow.View(context, 1);
        return new SoakWork(
            loads =>
            {
                for (var load = 0; load < loads; load++)
                {
                    zip.Position = 0;
                    using var model = (TransformerChain<ITransformer>)context.Model.Load(zip, out _);
                    using var scorer = ((NextTokenDiscriminatorScorer)model.Last()).WithEngine(EngineKind.Torch);
                    var scored = scorer.Transform(model.First().Transform(one));
                    using var cursor = scored.GetRowCursor(scored.Schema);
                    var getter = cursor.GetGetter<float>(scored.Schema["Score"]);
                    var score = float.NaN;
                    cursor.MoveNext();
                    getter(ref score);
                    if (!float.IsFinite(score))
                        throw new InvalidOperationException("The model has no score.");
                }
            },
            parameters * CountedForOneParameter(),
            zip.Dispose);
    });

    private static NextTokenDiscriminatorTrainer Trainer(MLContext context) =>
        context.BinaryClassification.Trainers.NextTokenDiscriminator(new NextTokenDiscriminatorTrainer.Options
        {
            ModelDimension = SoakRow.Dimension,
            Layers = 1,
            FeedForwardDimension = 16,
            Epochs = 1,
            ValidationFraction = 0,
            Seed = 1,
        });

    private static long CountedForOneParameter()
    {
        var before = Tensor.TotalCount;
        new Parameter(zeros(1)).Dispose();
        return Tensor.TotalCount - before;
    }
}
