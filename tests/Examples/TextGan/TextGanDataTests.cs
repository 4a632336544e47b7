using Microsoft.ML.Data;
using MlNetNtd.Studies;
using MlNetNtd.Studies.TextGan;

namespace MlNetNtd.Examples.Tests;

[TestClass]
public sealed class TextGanDataTests
{
    [TestMethod]
    public void End_of_the_text_is_held_out()
    {
        using var folder = new TemporaryFolder();
        // 30 windows of 4; the last 3 have words that stand nowhere else.
        var text = string.Concat(Enumerable.Repeat("a b c d ", 27)) + string.Concat(Enumerable.Repeat("new unseen words only ", 3));
        var dataset = TextDataset.Read(folder.Write("text.txt", text), tokens: 4, words: 100);

        Assert.AreEqual(30, dataset.Windows);
        CollectionAssert.AreEqual(new[] { 108, 112, 116 }, dataset.HeldOut.ToArray());
        Assert.AreEqual(5, dataset.Vocabulary.Count);
        Assert.IsTrue(dataset[112].IndexOfAnyExcept(Vocabulary.UnknownId) < 0);
        Assert.AreEqual("a b c d", string.Join(' ', dataset[104].ToArray().Select(id => dataset.Vocabulary[id])));
    }

    [TestMethod]
    public void Pass_tiles_the_training_text_from_a_different_offset_each_time()
    {
        using var folder = new TemporaryFolder();
        var dataset = TextDataset.Read(folder.Write("text.txt", TextGanSamples.Text), tokens: 16, words: 100);
        int[][] passes = [.. Enumerable.Range(0, 20).Select(seed => dataset.GetPass(seed).ToArray())];

        foreach (var pass in passes)
        {
            Assert.HasCount(dataset.PassWindows, pass);
            Assert.IsInRange(0, dataset.Tokens - 1, pass[0]);
            Assert.IsTrue(pass.Zip(pass.Skip(1)).All(pair => pair.Second == pair.First + dataset.Tokens));
            Assert.IsLessThanOrEqualTo(dataset.TrainingIds.Count, pass[^1] + dataset.Tokens);
        }

        Assert.IsGreaterThan(5, passes.Select(pass => pass[0]).Distinct().Count());
    }

    [TestMethod]
    public void Short_text_is_refused_with_both_numbers()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("text.txt", "one two three");

        var error = Assert.ThrowsExactly<InvalidDataException>(() => TextDataset.Read(path, tokens: 4, words: 10));
        Assert.Contains("found 3", error.Message);
        Assert.Contains($"{4 * TextDataset.MinWindows}", error.Message);
    }

    [TestMethod]
    public void Rows_alternate_real_words_and_candidates()
    {
        using var folder = new TemporaryFolder();
        using var experiment = TextGanSamples.CreateExperiment(folder, TextGanSamples.Text);
        int[] windows = [30, 41];
        var drawn = experiment.Draw(windows, seed: 5);
        var rows = experiment.Rows.ToView(windows.SelectMany((window, i) =>
            new[] { Example.Real(experiment.Dataset, window), Example.Generated(experiment.Dataset, window, drawn[i]) }));

        CollectionAssert.AreEqual(new[] { 30, 30, 41, 41 }, rows.GetColumn<int>("Window").ToArray());
        CollectionAssert.AreEqual(new[] { true, false, true, false }, rows.GetColumn<bool>("Label").ToArray());
        var current = rows.GetColumn<float[]>("CurrentEmbeddings").ToArray();
        var previous = rows.GetColumn<float[]>("PreviousEmbeddings").ToArray();
        CollectionAssert.AreEqual(experiment.Table.Embed(experiment.Dataset[41]), previous[2]);
        CollectionAssert.AreEqual(previous[2], current[2]);
        CollectionAssert.AreEqual(previous[2], previous[3]);
        CollectionAssert.AreEqual(experiment.Table.Embed(drawn[1]), current[3]);
        foreach (var (labels, label) in rows.GetColumn<bool[]>("TokenLabels").Zip(rows.GetColumn<bool>("Label")))
            CollectionAssert.AreEqual(Enumerable.Repeat(label, experiment.Dataset.Tokens).ToArray(), labels);
    }

    [TestMethod]
    public void Generator_input_is_the_first_half_of_the_combined_sequence()
    {
        using var folder = new TemporaryFolder();
        using var experiment = TextGanSamples.CreateExperiment(folder, TextGanSamples.Text);
        var first = true;
        foreach (var batch in experiment.ReadBatches([7], null))
        {
            Assert.IsTrue(first);
            first = false;
            float[] expected = [.. experiment.Table.Average, .. experiment.Table.Embed(experiment.Dataset[7][..^1])];
            CollectionAssert.AreEqual(expected, batch.Context.contiguous().data<float>().ToArray());
            CollectionAssert.AreEqual(experiment.Dataset[7].ToArray().Select(id => (long)id).ToArray(), batch.Words.data<long>().ToArray());
        }

        Assert.IsFalse(first);
    }

    [TestMethod]
    public void Seeds_differ_by_position_and_run_and_are_stable()
    {
        var (one, again, other) = (new Seeds(1), new Seeds(1), new Seeds(2));
        int[] seeds =
        [
            one.GeneratorWeights, one.Discriminator, one.HeldOutCandidates, one.RandomWords,
            .. Enumerable.Range(0, 20).SelectMany(i => new[]
            {
                one.PretrainingOrder(i), one.RoundOrder(i), one.Sample(i), one.Dropout(i), one.RoundCandidates(i, 0), one.RoundCandidates(0, i + 1),
                one.FirstCandidates(i), one.FreshDiscriminator(i), one.GeneratorDropout(i, 0), one.RoundDropout(i, 0),
            }),
            other.GeneratorWeights, other.RoundCandidates(0, 1),
        ];

        Assert.HasCount(seeds.Length, seeds.Distinct());
        Assert.IsTrue(seeds.All(seed => seed >= 0));
        Assert.AreEqual(one.RoundCandidates(3, 4), again.RoundCandidates(3, 4));
    }

    [TestMethod]
    public void AUC_is_the_fraction_of_correctly_ordered_pairs_with_ties_as_half()
    {
        var auc = new Auc();
        foreach (var (score, label) in new[] { (3f, true), (2f, false), (1f, true), (1f, false), (0f, false) })
            auc.Add(score, label);

        // Of 6 pairs: 3 beats three; 1 beats one and ties with one.
        Assert.AreEqual((3 + 1 + 0.5) / 6, auc.Compute(), 1e-12);
        Assert.IsTrue(double.IsNaN(new Auc().Compute()));
    }
}
