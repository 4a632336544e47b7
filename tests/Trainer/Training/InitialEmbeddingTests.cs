using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>The learned initial embedding and its return to the transform.</summary>
[TestClass]
public sealed class InitialEmbeddingTests
{
    [TestMethod]
    public void Learned_initial_embedding_replaces_that_of_the_transform()
    {
        var context = new MLContext(seed: 1);
        var rows = Samples.View(context, 40);
        var stage = context.Transforms.NextTokenDiscriminator().Fit(rows);
        using var scorer = Trainers.Small(context, options => options.LearnInitialEmbedding = true).Fit(stage.Transform(rows));

        var learned = scorer.InitialEmbedding!.Value;
        var handedBack = stage.WithInitialEmbedding(learned.AsSpan());

        Assert.HasCount(TokenRow.Dimension, learned);
        Assert.IsTrue(learned.Any(value => value != 0), "Nothing was learned.");
        // The network replaces the embedding of the transform by its own.
        Expect.Close(scorer.Scores(context, stage.Transform(rows)), scorer.Scores(context, handedBack.Transform(rows)));
    }

    [TestMethod]
    public void Transform_with_the_learned_embedding_serves_a_network_without_it()
    {
        var context = new MLContext(seed: 1);
        var rows = Samples.View(context, 20);
        using var scorer = Trainers.Fit(context, options => options.LearnInitialEmbedding = true);
        var stage = context.Transforms.NextTokenDiscriminator().Fit(rows).WithInitialEmbedding(scorer.InitialEmbedding!.Value.AsSpan());

        // The same weights except the initial embedding, which is now the transform's.
        using var plain = new DiscriminatorNetwork(scorer.Config with { LearnInitialEmbedding = false });
        var weights = scorer.Weights();
        new StateDictionary(plain.Config, weights).CopyTo(plain);
        using var reader = Trainers.Small(context).CreateScorer(plain);

        Expect.Close(scorer.Scores(context, stage.Transform(rows)), reader.Scores(context, stage.Transform(rows)));
    }

    [TestMethod]
    public void Initial_embedding_is_absent_without_the_option()
    {
        using var scorer = Trainers.Fit(new MLContext(seed: 1));

        Assert.IsNull(scorer.InitialEmbedding);
        using var network = scorer.CreateNetwork();
        Assert.IsNull(network.GetInitialEmbedding());
    }
}
