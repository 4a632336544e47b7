namespace MlNetNtd.Tests;

/// <summary>What may not be null is named where it is, before anything else is done with it.</summary>
[TestClass]
public sealed class NullArgumentTests
{
    [TestMethod]
    public void Of_the_stage()
    {
        var view = Views.Known(Sequences.Pairs(2, 3, 2), 3, 2);
        using var stage = Stages.Fit(view);
        var mapper = stage.GetRowToRowMapper(view.Schema);

        Refused("module", () => stage.WithInitialEmbedding((NextTokenDiscriminator)null!));
        Refused("inputSchema", () => stage.GetOutputSchema(null!));
        Refused("inputSchema", () => stage.GetRowToRowMapper(null!));
        Refused("input", () => stage.Transform(null!));
        Refused("input", () => mapper.GetRow(null!, mapper.OutputSchema));
    }

    [TestMethod]
    public void Of_batches_and_of_files()
    {
        var view = Views.Known(Sequences.Pairs(2, 3, 2), 3, 2);
        using var stage = Stages.Fit(view);

        // At once, not at the first batch.
        Refused("transformer", () => SequenceBatches.ToBatches(null!, view));
        Refused("input", () => stage.ToBatches(null!));
        Refused("stream", () => ModelFileInspector.Inspect((Stream)null!));
        Refused("path", () => ModelFileInspector.Inspect((string)null!));
    }

    private static void Refused<T>(string name, Func<T> make) =>
        Assert.AreEqual(name, Assert.ThrowsExactly<ArgumentNullException>(() => _ = make()).ParamName);
}
