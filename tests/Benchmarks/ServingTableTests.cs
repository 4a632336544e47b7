using MlNetNtd.Benchmarks;

namespace MlNetNtd.Tests;

/// <summary>The benchmark of serving, on the smallest network.</summary>
[TestClass]
public sealed class ServingTableTests
{
    [TestMethod]
    public void Each_way_to_score_is_timed()
    {
        var times = ServingTable.Measure(new ServingCase(Tokens: 4, Rows: 2, Dimension: 8), threads: 1);

        CollectionAssert.AreEquivalent((string[])["TorchSharp", "prediction pool", "ONNX Runtime", "managed"], times.Keys.ToArray());
        foreach (var (name, calls) in times)
            Assert.IsTrue(calls.Count > 0 && calls.TrueForAll(milliseconds => milliseconds > 0), name);
    }
}
