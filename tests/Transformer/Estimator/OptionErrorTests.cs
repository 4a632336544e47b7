using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>Every option is checked when the estimator is made, before there is any data.</summary>
[TestClass]
public sealed class OptionErrorTests
{
    [TestMethod]
    [DataRow(null)]
    [DataRow("")]
    [DataRow(" \t")]
    public void Column_needs_a_name(string? name)
    {
        IsRefused("OutputColumnName", "a column name is needed, found none", options => options.OutputColumnName = name!);
        IsRefused("PreviousColumnName", "a column name is needed, found none", options => options.PreviousColumnName = name!);
        IsRefused("CurrentColumnName", "a column name is needed, found none", options => options.CurrentColumnName = name!);
    }

    [TestMethod]
    [DataRow(" ")]
    [DataRow("\t ")]
    public void Optional_column_refuses_a_blank_name(string name)
    {
        IsRefused(
            "MaskColumnName", "a column name, or an empty one (no mask column), is needed, found a blank name",
            options => options.MaskColumnName = name);
        IsRefused(
            "TokenCountColumnName", "a column name, or an empty one (no such column), is needed, found a blank name",
            options => options.TokenCountColumnName = name);
    }

    [TestMethod]
    public void Output_columns_need_different_names()
    {
        IsRefused(
            "MaskColumnName", "the output columns need different names, found 'Combined' twice",
            options => options.MaskColumnName = "Combined");
        IsRefused(
            "TokenCountColumnName", "the output columns need different names, found 'Combined' twice",
            options => options.TokenCountColumnName = "Combined");
        IsRefused(
            "TokenCountColumnName", "the output columns need different names, found 'Mask' twice",
            options => options.TokenCountColumnName = "Mask");
    }

    [TestMethod]
    public void Input_may_be_read_twice_and_hidden_by_an_output()
    {
        var options = new NextTokenDiscriminatorEstimator.Options
        {
            PreviousColumnName = "Tokens",
            CurrentColumnName = "Tokens",
            OutputColumnName = "Tokens",
        };

        Assert.IsNotNull(new MLContext(seed: 1).Transforms.NextTokenDiscriminator(options));
    }

    [TestMethod]
    [DataRow(-1)]
    [DataRow(16777217)]
    [DataRow(int.MinValue)]
    public void EmbeddingDimension_is_positive_and_bounded(int dimension) => IsRefused(
        "EmbeddingDimension", $"expected 1 to 16777216 dimensions, found {dimension}",
        options => options.EmbeddingDimension = dimension);

    [TestMethod]
    [DataRow(-5)]
    [DataRow(23171)]
    [DataRow(int.MaxValue)]
    public void MaxTokens_is_positive_and_its_mask_fits_an_array(int tokens) => IsRefused(
        "MaxTokens", $"expected 1 to 23170 tokens, found {tokens}", options => options.MaxTokens = tokens);

    [TestMethod]
    public void Undefined_MaskKind_is_refused()
    {
        IsRefused("MaskKind", "expected one of Blocked, Allowed, Additive, found 3", options => options.MaskKind = (MaskKind)3);
        IsRefused("MaskKind", "expected one of Blocked, Allowed, Additive, found -1", options => options.MaskKind = (MaskKind)(-1));
    }

    [TestMethod]
    public void Undefined_engine_is_refused()
    {
        IsRefused("Engine", "expected one of Auto, Managed, Torch, found 3", options => options.Engine = (EngineKind)3);
        IsRefused("Engine", "expected one of Auto, Managed, Torch, found -1", options => options.Engine = (EngineKind)(-1));
    }

    [TestMethod]
    [DataRow(-64)]
    [DataRow(1048577)]
    public void BatchSize_is_positive_and_bounded(int rows) => IsRefused(
        "BatchSize", $"expected 1 to 1048576 rows, or 0 (by the row's size), found {rows}", options => options.BatchSize = rows);

    [TestMethod]
    [DataRow(float.NaN, "NaN")]
    [DataRow(float.PositiveInfinity, "∞")]
    [DataRow(float.NegativeInfinity, "-∞")]
    public void InitialEmbedding_is_finite(float value, string written)
    {
        // The invariant culture writes Infinity.
        var found = written.Replace("∞", "Infinity", StringComparison.Ordinal);
        IsRefused(
            "InitialEmbedding", $"every value must be finite, found {found} at position 2",
            options => options.InitialEmbedding = [0, 1, value, 3]);
    }

    [TestMethod]
    public void InitialEmbedding_has_EmbeddingDimension_values() => IsRefused(
        "InitialEmbedding", "expected 3 values (EmbeddingDimension), found 2",
        options =>
        {
            options.EmbeddingDimension = 3;
            options.InitialEmbedding = [1, 2];
        });

    [TestMethod]
    public void PadToMaxTokens_needs_MaxTokens() => IsRefused(
        "MaxTokens", "set it: PadToMaxTokens needs to know how long to make each half", options => options.PadToMaxTokens = true);

    [TestMethod]
    public void Short_overload_checks_its_arguments()
    {
        var catalog = new MLContext(seed: 1).Transforms;

        Refusal("MaskColumnName", "the output columns need different names, found 'A' twice", () => catalog.NextTokenDiscriminator("A", "A"));
        Refusal("EmbeddingDimension", "expected 1 to 16777216 dimensions, found -1", () => catalog.NextTokenDiscriminator(embeddingDimension: -1));
        Refusal("MaxTokens", "expected 1 to 23170 tokens, found -1", () => catalog.NextTokenDiscriminator(maxTokens: -1));
    }

    [TestMethod]
    public void Largest_values_are_accepted()
    {
        var options = new NextTokenDiscriminatorEstimator.Options { EmbeddingDimension = 1 << 24, MaxTokens = 23170, BatchSize = 1 << 20 };

        Assert.IsNotNull(new MLContext(seed: 1).Transforms.NextTokenDiscriminator(options));
    }

    private static void IsRefused(string option, string problem, Action<NextTokenDiscriminatorEstimator.Options> configure)
    {
        var options = new NextTokenDiscriminatorEstimator.Options();
        configure(options);
        Refusal(option, problem, () => new MLContext(seed: 1).Transforms.NextTokenDiscriminator(options));
    }

    private static void Refusal(string option, string problem, Action make) =>
        Assert.AreEqual(option, Expect.Error<ArgumentException>($"{option}: {problem}.", make).IsMarked().ParamName);
}
