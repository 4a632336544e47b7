using MlNetNtd.Examples.Sweep;

namespace MlNetNtd.Examples.Tests;

/// <summary>A sweep that is cut off and goes on.</summary>
[TestClass]
public sealed class SweepResumeTests
{
    [TestMethod]
    public void From_wherever_it_was_cut_off_it_ends_as_an_uninterrupted_one()
    {
        using var folder = new TemporaryFolder();
        var whole = SweepSamples.Run(SweepSamples.Settings(folder, "run"));
        var written = SweepSamples.Lines(folder, "run");
        // Every line beyond the first is one trial, then the trainings of the end.
        Assert.HasCount(1 + SweepSamples.Trials, written.Where(line => !line.Contains("\"Final\"", StringComparison.Ordinal)));

        foreach (var kept in new[] { 1, 4, written.Length - 1 })
        {
            File.WriteAllLines(SweepSamples.FileOf(folder, "run"), written[..kept]);
            var resumed = SweepSamples.Run(SweepSamples.Resumed(folder, "run"));

            CollectionAssert.AreEqual(whole, resumed, $"{kept} lines");
            CollectionAssert.AreEqual(written, SweepSamples.Lines(folder, "run"), $"{kept} lines");
        }
    }

    [TestMethod]
    public void A_line_that_was_torn_is_survived()
    {
        using var folder = new TemporaryFolder();
        var whole = SweepSamples.Run(SweepSamples.Settings(folder, "run"));
        var file = SweepSamples.FileOf(folder, "run");
        var text = File.ReadAllText(file);
        File.WriteAllText(file, text[..(text.Length * 2 / 3)]);

        CollectionAssert.AreEqual(whole, SweepSamples.Run(SweepSamples.Resumed(folder, "run")));
    }

    [TestMethod]
    public void A_sweep_that_is_stopped_says_how_to_go_on()
    {
        using var folder = new TemporaryFolder();
        using var interrupt = new CancellationTokenSource();
        interrupt.Cancel();

        var error = Assert.ThrowsExactly<InterruptedException>(() => SweepSamples.Run(SweepSamples.Settings(folder, "run"), interrupt.Token));
        Assert.EndsWith("--resume goes on from there.", error.Message);
        Assert.HasCount(1, SweepSamples.Lines(folder, "run"));
    }

    [TestMethod]
    public void Trials_of_other_settings_or_data_are_refused_in_a_sentence()
    {
        using var folder = new TemporaryFolder();
        Refused("There are no trials in ", SweepSamples.Resumed(folder, "nothing"));
        var settings = SweepSamples.Settings(folder, "run");
        SweepSamples.Run(settings);
        var resumed = SweepSamples.Resumed(folder, "run");

        Refused("are 5 of seed 1: with --resume, leave out --trials and --seed", resumed with { Seed = 2 });
        Refused("are 5 of seed 1: with --resume, leave out --trials and --seed", resumed with { Trials = 6 });
        Refused("were made with another text than ", resumed with { InputPath = folder.Write("other.txt", TextGanSamples.Refrain) });

        var file = SweepSamples.FileOf(folder, "run");
        var written = File.ReadAllLines(file);
        File.WriteAllLines(file, [written[0], written[2].Replace("\"Dropout\":0.", "\"Dropout\":0.9", StringComparison.Ordinal), .. written[3..]]);
        Refused("are of another search: trial 1 has other options than are drawn here", resumed);
        File.WriteAllLines(file, [written[0].Replace("\"Version\":1", "\"Version\":9", StringComparison.Ordinal), .. written[1..]]);
        Refused("line 1: it is of version 9, and this program reads 1", resumed);
        File.WriteAllLines(file, [written[0], "{", .. written[2..]]);
        Refused("line 2: it is not the JSON that was written there", resumed);
        File.WriteAllLines(file, [written[0], written[1].Replace("\"Trial\":0", "\"Trial\":7", StringComparison.Ordinal)]);
        Refused("line 2: a number in it is out of range", resumed);
        File.WriteAllLines(file, [written[0], "{}"]);
        Refused("line 2: it is no trial", resumed);
        File.WriteAllLines(file, written[1..]);
        Refused("line 1: it does not say what the trials are of", resumed);
    }

    private static void Refused(string complaint, Settings settings) =>
        Assert.Contains(complaint, Assert.ThrowsExactly<UserErrorException>(() => SweepSamples.Run(settings)).Message);
}
