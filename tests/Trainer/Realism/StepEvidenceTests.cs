using FsCheck;
using FsCheck.Fluent;

namespace MlNetNtd.Tests;

/// <summary>The evidence of each step, from the scores of steps.</summary>
[TestClass]
public sealed class StepEvidenceTests
{
    private const int Steps = 8;

    // The part of a score that the next one keeps.
    private static Gen<(Scored[] Fold, double Kept)> Folds => Gen.Choose(0, int.MaxValue - 1).Select(seed =>
    {
        var random = new Random(seed);
        var kept = random.NextDouble();
        return (Enumerable.Range(0, random.Next(4, 40)).Select(row => Draw(random, row, isReal: row % 2 == 0, random.Next(1, Steps + 1), kept)).ToArray(), kept);
    });

    [TestMethod]
    public void Order_of_sequences_changes_nothing() => Property.Check(Folds, drawn =>
    {
        var permuted = drawn.Fold.ToArray();
        new Random(1).Shuffle(permuted);

        var (expected, found) = (Compare(drawn.Fold), Compare(permuted));

        CollectionAssert.AreEquivalent(expected.Keys, found.Keys);
        foreach (var (row, evidence) in expected)
            AssertEqual(evidence, found[row], 1e-3);
    });

    [TestMethod]
    public void Scale_and_offset_of_scores_change_nothing() => Property.Check(Folds, drawn =>
    {
        var scaled = drawn.Fold.Select(one => one with { Scores = [.. one.Scores.Select(score => (8 * score) + 3)] }).ToArray();

        var (expected, found) = (Compare(drawn.Fold), Compare(scaled));

        foreach (var (row, evidence) in expected)
            AssertEqual(evidence, found[row], 1e-2);
    });

    [TestMethod]
    public void Positions_that_no_real_sequence_reaches_have_no_evidence() => Property.Check(Folds, drawn =>
    {
        var longest = drawn.Fold.Where(one => one.IsReal).Max(one => one.Scores.Length);

        foreach (var evidence in Compare(drawn.Fold).Values)
            CollectionAssert.AreEqual(evidence.Select((_, step) => step >= longest).ToArray(), evidence.Select(float.IsNaN).ToArray());
    });

    [TestMethod]
    [DataRow(0.0)]
    [DataRow(0.5)]
    [DataRow(1.0)]
    public void Evidence_of_real_scores_is_standard_normal(double kept)
    {
        var random = new Random(1);

        var evidence = Compare([.. Enumerable.Range(0, 4000).Select(row => Draw(random, row, isReal: row % 2 == 0, Steps, kept))]).Values;

        foreach (var values in Enumerable.Range(0, Steps).Select(step => evidence.Select(steps => steps[step]).ToList()))
        {
            Assert.AreEqual(0, values.Average(), 0.1);
            Assert.AreEqual(1, values.Average(value => value * value), 0.1);
        }
    }

    [TestMethod]
    [DataRow(0.0)]
    [DataRow(0.5)]
    [DataRow(1.0)]
    public void Level_that_falls_is_found_at_its_first_step_whatever_scores_keep(double kept)
    {
        var random = new Random(1);
        Scored[] fold = [.. Enumerable.Range(0, 400).Select(row => Draw(random, row, isReal: row < 200, Steps, kept))];
        foreach (var one in fold[200..])
        {
            for (var step = one.Row % Steps; step < Steps; step++)
                one.Scores[step] -= 4;
        }

        var evidence = Compare(fold);

        Assert.IsGreaterThan(150, evidence.Count(one => one.Key % Steps == Array.IndexOf(one.Value, one.Value.Min())));
    }

    [TestMethod]
    public void Scores_that_are_all_equal_give_no_evidence()
    {
        var evidence = Compare([.. Enumerable.Range(0, 6).Select(row => new Scored(row, row % 2 == 0, [1, 2, 3]))]);

        foreach (var steps in evidence.Values)
            CollectionAssert.AreEqual(new float[3], steps);
    }

    private static Scored Draw(Random random, int row, bool isReal, int length, double kept)
    {
        var scores = new float[length];
        for (var step = 0; step < length; step++)
            scores[step] = (float)((step == 0 ? 0 : kept * scores[step - 1]) + Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        return new Scored(row, isReal, scores);
    }

    private static Dictionary<long, float[]> Compare(Scored[] fold) => StepEvidence
        .Compare([.. fold.Select(one => new RealismSequence([], one.IsReal, one.Row, one.Row))], [.. fold.Select(one => (0f, one.Scores))])
        .ToDictionary(evidence => evidence.Row, evidence => evidence.StepEvidence.ToArray());

    private static void AssertEqual(float[] expected, float[] found, double tolerance)
    {
        Assert.HasCount(expected.Length, found);
        foreach (var (one, other) in expected.Zip(found))
            Assert.IsTrue(one.Equals(other) || Math.Abs(one - other) <= tolerance * (1 + Math.Abs(one)), $"expected {one}, found {other}");
    }

    private sealed record Scored(int Row, bool IsReal, float[] Scores);
}
