using FsCheck.Fluent;
using MlNetNtd.Studies.Realism;
using MlNetNtd.Tests;

namespace MlNetNtd.Examples.Tests;

/// <summary>Recordings of the study Realism, their files, blocks and faults.</summary>
[TestClass]
public sealed class RealismRecordingTests
{
    private const int WindowLength = 4;

    private static FsCheck.Gen<long[][]> Counts => Gen.Choose(0, int.MaxValue - 1).Select(seed =>
    {
        var random = new Random(seed);
        return Enumerable.Range(0, random.Next(1, 20)).Select(_ => new[] { random.NextInt64(5), random.NextInt64(1L << random.Next(40)) }).ToArray();
    });

    [TestMethod]
    public void Saved_recording_loads_the_same() => Property.Check(Counts, counts =>
    {
        using var folder = new TemporaryFolder();
        var recording = new Recording(["few", "many"], [.. counts.Select(step => step.Select(CountScale.FromCount).ToArray())]);

        recording.Save(folder.PathOf("a.csv"));
        var loaded = Recording.Load(folder.PathOf("a.csv"));

        CollectionAssert.AreEqual(new[] { "few", "many" }, loaded.Names.ToArray());
        CollectionAssert.AreEqual(recording.Steps.SelectMany(step => step).ToArray(), loaded.Steps.SelectMany(step => step).ToArray());
    });

    [TestMethod]
    [DataRow("", "expected a header, found an empty file.")]
    [DataRow("a,b\n1,2\n3\n", ", line 3: expected 2 counts, as in the header, found 1.")]
    [DataRow("a,b\n1,-2\n", ", line 2: expected counts, whole numbers from 0, found '-2'.")]
    [DataRow("a,b\n1,2.5\n", ", line 2: expected counts, whole numbers from 0, found '2.5'.")]
    public void File_that_is_no_recording_is_refused(string text, string message)
    {
        using var folder = new TemporaryFolder();

        var error = Assert.Throws<FormatException>(() => Recording.Load(folder.Write("a.csv", text)));

        Assert.EndsWith(message, error.Message);
    }

    [TestMethod]
    public void Counters_of_this_machine_are_recorded()
    {
        if (!KernelCounters.AreAvailable)
            Assert.Inconclusive("needs /proc/stat and /proc/vmstat of Linux.");

        var recording = Recording.Record(5, TimeSpan.FromMilliseconds(20), default);

        Assert.HasCount(5, recording.Steps);
        // Reading them is a change of context in itself.
        Assert.IsGreaterThan(0, recording.Steps.Sum(step => step[recording.Names.ToList().IndexOf("contextSwitches")]));
    }

    [TestMethod]
    public void Blocks_hold_the_steps_in_order_and_none_twice()
    {
        double[][] steps = [.. Enumerable.Range(0, 29).Select(step => new[] { (double)step })];

        var blocks = Block.CutAll(steps, WindowLength, windowsPerBlock: 3);

        Assert.HasCount(2, blocks);
        CollectionAssert.AreEqual(steps[..24], blocks.SelectMany(block => block.Steps).ToArray());
    }

    [TestMethod]
    public void Fault_changes_nothing_before_its_step()
    {
        var random = new Random(1);
        double[][] steps = [.. Enumerable.Range(0, 400).Select(_ => new[] { CountScale.FromCount(random.Next(50)), CountScale.FromCount(random.Next(9)) })];
        var blocks = Block.CutAll(steps, WindowLength, windowsPerBlock: 5);

        foreach (var fault in Fault.CreateAll([1, 1], steps))
        {
            var (faulty, at) = fault.InjectAll(blocks, random);

            var windows = blocks.SelectMany(block => block.Windows).Zip(faulty.SelectMany(block => block.Windows), at).ToList();
            foreach (var (before, after, step) in windows)
                CollectionAssert.AreEqual(before[..step].SelectMany(values => values).ToArray(), after[..step].SelectMany(values => values).ToArray());
            // A displaced step may have the values of its place by chance.
            Assert.IsGreaterThan(0.9 * windows.Count, windows.Count(window => !window.First[window.Third].SequenceEqual(window.Second[window.Third])), fault.Name);
            CollectionAssert.AreEquivalent(Enumerable.Range(fault.FirstStep, WindowLength - fault.FirstStep).ToArray(), at.Distinct().ToArray(), fault.Name);
        }
    }
}
