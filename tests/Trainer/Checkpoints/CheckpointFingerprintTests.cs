using Microsoft.ML;
using Options = MlNetNtd.NextTokenDiscriminatorTrainer.Options;

namespace MlNetNtd.Tests;

/// <summary>A checkpoint that was written before an option existed belongs to a training with that option's default.</summary>
[TestClass]
public sealed class CheckpointFingerprintTests
{
    [TestMethod]
    public void Missing_property_counts_as_its_default()
    {
        var defaults = new Dictionary<string, string> { ["a"] = "1", ["off"] = "" };

        Assert.IsNull(Create([("a", "1"), ("off", "")]).FindDifference(new([])));
        Assert.AreEqual("a is 2, there it is 1; off is on, there it is none", Create([("a", "2"), ("off", "on")]).FindDifference(new([])));
        Assert.AreEqual("a is 1, there it is 3", Create([("a", "1")]).FindDifference(new([("a", "3")])));
        Assert.AreEqual("b is 1, there it is none", Create([("b", "1")]).FindDifference(new([])));

        CheckpointFingerprint Create((string, string)[] properties) => new(properties) { Defaults = defaults };
    }

    [TestMethod]
    public void Checkpoint_without_an_option_resumes_with_its_default() => TemporaryFolder.Use(folder =>
    {
        var path = Path.Combine(folder, "checkpoint");
        using var first = Fit(_ => { });
        var found = CheckpointFile.Read(path);
        CheckpointFile.Write(
            path, new CheckpointFingerprint([.. found.Fingerprint.Properties.Where(property => property.Name is not (nameof(Options.BucketByLength) or nameof(Options.SamplingKeyColumnName)))]),
            found.ReadState<TrainingState>());

        Expect.Error<InvalidOperationException>(() => Fit(options => options.BucketByLength = true), path, "another training", "BucketByLength is True, there it is False");
        var epochs = 0;
        using var resumed = Fit(_ => { }, _ => epochs++);

        Assert.AreEqual(0, epochs);
        Expect.SameWeights(first.Weights(), resumed.Weights());

        NextTokenDiscriminatorScorer Fit(Action<Options> configure, Action<EpochResult>? onEpoch = null)
        {
            var context = new MLContext(seed: 1);
            return Trainers.Small(context, options => { options.CheckpointPath = path; configure(options); }, onEpoch)
                .Fit(Trainers.Transformed(context, context.Data.LoadFromEnumerable(Samples.Fixed(40))));
        }
    });
}
