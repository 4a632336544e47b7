namespace MlNetNtd.Tests;

/// <summary>Null arguments are refused by parameter name.</summary>
[TestClass]
public sealed class NullArgumentTests
{
    [TestMethod]
    public void Transformer_refuses_null_by_parameter_name()
    {
        var view = Views.Known(Sequences.Pairs(2, 3, 2), 3, 2);
        using var stage = Transformers.Fit(view);
        var mapper = stage.GetRowToRowMapper(view.Schema);

        Refused("module", () => stage.WithInitialEmbedding((NextTokenDiscriminator)null!));
        Refused("inputSchema", () => stage.GetOutputSchema(null!));
        Refused("inputSchema", () => stage.GetRowToRowMapper(null!));
        Refused("input", () => stage.Transform(null!));
        Refused("input", () => mapper.GetRow(null!, mapper.OutputSchema));
    }

    [TestMethod]
    public void ToBatches_refuses_null_immediately()
    {
        var view = Views.Known(Sequences.Pairs(2, 3, 2), 3, 2);
        using var stage = Transformers.Fit(view);

        // At once, not at the first batch.
        Refused("transformer", () => SequenceBatches.ToBatches(null!, view));
        Refused("input", () => stage.ToBatches(null!));
    }

    private static void Refused<T>(string name, Func<T> make) =>
        Assert.AreEqual(name, Assert.ThrowsExactly<ArgumentNullException>(() => _ = make()).ParamName);
}
