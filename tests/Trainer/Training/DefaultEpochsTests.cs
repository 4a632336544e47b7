using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>Without an option, few rows get more passes.</summary>
[TestClass]
public sealed class DefaultEpochsTests
{
    [TestMethod]
    [DataRow(1, 40)]
    [DataRow(115, 40)]
    [DataRow(116, 39)]
    [DataRow(224, 21)]
    [DataRow(225, 20)]
    [DataRow(1_000_000, 20)]
    public void Few_steps_in_an_epoch_give_more_epochs(long steps, int expected) => Assert.AreEqual(expected, DefaultEpochs.Choose(steps));

    [TestMethod]
    [DataRow(null, 40)]
    [DataRow(0, 40)]
    [DataRow(3, 3)]
    public void Number_of_epochs_is_the_default_unless_the_option_is_set(int? epochs, int expected)
    {
        using var scorer = Trainers.Fit(new MLContext(seed: 1), options => (options.Epochs, options.ValidationFraction) = (epochs, 0));

        Assert.HasCount(expected, scorer.History);
        Assert.IsTrue(scorer.History.All(epoch => epoch.Epochs == expected));
    }
}
