using System.Reflection;
using MlNetNtd.Tests;

namespace MlNetNtd.Conformance.Tests;

/// <summary>The stand-ins show nothing that the real packages do not show in just the same way.</summary>
[TestClass]
[NeedsRealPackages]
[TestCategory(Category.RealPackages)]
public sealed class ConformanceTests
{
    private static readonly Assembly[] Ours =
    [
        typeof(NextTokenDiscriminator).Assembly,
        typeof(NextTokenDiscriminatorTransformer).Assembly,
        typeof(NextTokenDiscriminatorEstimator).Assembly,
        typeof(NextTokenDiscriminatorTrainer).Assembly,
    ];

    [TestMethod]
    [NeedsPackageVersion("Microsoft.ML", "5.0.0")]
    public void Every_visible_type_and_member_of_the_stand_in_for_Microsoft_ML_is_that_of_the_real_package() =>
        ExpectNone(Differences(StandIns.MicrosoftML));

    [TestMethod]
    [NeedsPackageVersion("TorchSharp", "0.102.8")]
    public void Every_visible_type_and_member_of_the_stand_in_for_TorchSharp_is_that_of_the_real_package() =>
        ExpectNone(Differences(StandIns.TorchSharp));

    [TestMethod]
    public void The_internals_that_our_assemblies_use_are_the_known_ones()
    {
        var used = Ours.SelectMany(UpstreamInternals.UsedBy).Select(UpstreamInternals.Text).Distinct().ToArray();
        ExpectNone(
        [
            .. used.Except(UpstreamInternals.Known).Select(one => $"{one}: used and not in the list"),
            .. UpstreamInternals.Known.Except(used).Select(one => $"{one}: in the list and not used"),
        ]);
    }

    [TestMethod]
    public void Every_internal_that_our_assemblies_use_is_in_the_stand_in_as_in_the_real_package()
    {
        var standIns = StandIns.Types(StandIns.MicrosoftML).ToLookup(TypeText.Name).ToDictionary(group => group.Key, group => group.First());
        ExpectNone(
            from used in Ours.SelectMany(UpstreamInternals.UsedBy)
            from difference in UpstreamInternals.Differences(used, standIns)
            select $"{UpstreamInternals.Text(used)}: {difference}");
    }

    private static IEnumerable<string> Differences(string assembly)
    {
        var types = StandIns.VisibleTypes(assembly);
        Assert.IsGreaterThan(20, types.Length, "The stand-in was not loaded.");
        return Comparison.Differences(types, RealTypes.Load());
    }

    private static void ExpectNone(IEnumerable<string> differences)
    {
        var lines = differences.Order(StringComparer.Ordinal).Distinct().ToArray();
        if (lines.Length > 0)
            Assert.Fail($"{lines.Length} differences:{Environment.NewLine}{string.Join(Environment.NewLine, lines)}");
    }
}
