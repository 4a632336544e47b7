using Microsoft.ML;
using TorchSharp;

namespace MlNetNtd.Tests;

/// <summary>The lifetime of a scorer and the settings that it takes from its trainer.</summary>
[TestClass]
public sealed class ScorerUseTests
{
    [TestMethod]
    public void Disposed_scorer_refuses_everything_but_weights()
    {
        var context = new MLContext(seed: 1);
        var scorer = Trainers.Untrained(context);
        using var network = scorer.CreateNetwork();
        var view = Trainers.Transformed(context, Samples.View(context, 4));
        scorer.Dispose();
        scorer.Dispose();

        foreach (var use in new Action[]
        {
            () => scorer.CreateNetwork().Dispose(),
            () => scorer.WithWeights(network).Dispose(),
            () => scorer.WithWeights("weights.safetensors").Dispose(),
            () => scorer.GetOutputSchema(view.Schema),
            () => scorer.Transform(view),
            () => scorer.GetRowToRowMapper(view.Schema),
            () => context.Model.Save(scorer, view.Schema, Stream.Null),
        })
        {
            Assert.Throws<ObjectDisposedException>(use);
        }

        Assert.HasCount(scorer.Model.Names.Length, network.named_parameters().ToList());
    }

    /// <summary>As a training of one's own may leave them.</summary>
    [TestMethod]
    public void Non_finite_weights_are_refused()
    {
        var context = new MLContext(seed: 1);
        using var scorer = Trainers.Untrained(context);
        using var network = scorer.CreateNetwork();
        var (name, parameter) = network.named_parameters().Last();
        using (torch.no_grad())
            parameter.fill_(float.NaN);

        foreach (var use in new Action[]
        {
            () => scorer.WithWeights(network).Dispose(),
            () => Trainers.Small(context).CreateScorer(network).Dispose(),
        })
        {
            Expect.Error<ArgumentException>(use, $"network: every weight must be finite, found NaN at position 0 of '{name}'");
        }
    }

    [TestMethod]
    public void Created_network_is_in_eval_mode_on_the_requested_device()
    {
        using var scorer = Trainers.Untrained(new MLContext(seed: 1));
        using var network = scorer.CreateNetwork();
        using var nowhere = scorer.CreateNetwork(torch.META);

        Assert.IsFalse(network.training);
        Assert.IsTrue(network.parameters().All(parameter => parameter.device_type == DeviceType.CPU));
        Assert.IsTrue(nowhere.parameters().All(parameter => parameter.device_type == DeviceType.META));
    }

    /// <summary>What no column says of Boolean masks is what the trainer was told.</summary>
    [TestMethod]
    [DataRow(MaskKind.Additive, MaskKind.Allowed)]
    [DataRow(MaskKind.Blocked, MaskKind.Blocked)]
    public void Boolean_mask_is_read_by_its_annotation_or_the_trainer_option(MaskKind written, MaskKind expected)
    {
        var context = new MLContext(seed: 1);
        var view = Trainers.Transformed(context, Samples.View(context, 12), options => (options.MaskKind, options.MaskColumnName) = (written, "Mask"));

        using var scorer = Trainers.Small(context, options => options.MaskKind = MaskKind.Allowed).Fit(view);

        Assert.AreEqual(expected, scorer.MaskKind);
    }

    [TestMethod]
    public void Too_long_row_is_named()
    {
        var context = new MLContext(seed: 1);
        var view = SequenceView.Of(3, 2, 4).Scalar("Label", Microsoft.ML.Data.BooleanDataViewType.Instance, row => row % 2 == 0);

        Expect.Error<InvalidOperationException>(
            () => Trainers.Small(context, options => (options.MaxTokens, options.MaskColumnName) = (3, "")).Fit(view),
            "Column 'Combined', row 2: expected at most 3 tokens a half (the trainer's MaxTokens), found 4.");
    }

    [TestMethod]
    public void Masks_of_both_views_are_logged()
    {
        var context = new MLContext(seed: 1);
        var lines = new List<string>();
        context.Log += (_, e) => lines.Add(e.Message);

        Trainers.Small(context).Fit(Trainers.Transformed(context, Samples.View(context, 12)), Trainers.Transformed(context, Samples.View(context, 8))).Dispose();

        foreach (var phrase in new[] { "Mask of the training rows: ", "Mask of the validation rows: " })
            Assert.IsTrue(lines.Exists(line => line.Contains(phrase)), phrase);
    }
}
