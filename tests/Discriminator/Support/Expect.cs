namespace MlNetNtd.Discriminator.Tests;

/// <summary>Assertions on errors and numbers.</summary>
internal static class Expect
{
    /// <summary>An error of a type whose message holds some phrases.</summary>
    public static TException Error<TException>(Action action, params string[] phrases)
        where TException : Exception
    {
        var error = Assert.Throws<TException>(action);
        foreach (var phrase in phrases)
            Assert.Contains(phrase, error.Message);
        return error;
    }

    /// <summary>A format error in a model, which ML.NET wraps in errors of its own where a stage's loader throws it.</summary>
    public static void ModelError(Action load, params string[] phrases)
    {
        var error = Assert.Throws<Exception>(load);
        for (var inner = error; inner is not null; inner = inner.InnerException)
        {
            if (inner is not FormatException)
                continue;
            foreach (var phrase in phrases)
                Assert.Contains(phrase, inner.Message);
            return;
        }

        Assert.Fail($"Expected a FormatException somewhere in {error}");
    }

    /// <summary>Scores of the same rows, of different batches: equal but for rounding.</summary>
    public static void Close(IReadOnlyList<Scores> expected, IReadOnlyList<Scores> found)
    {
        Assert.HasCount(expected.Count, found);
        for (var i = 0; i < expected.Count; i++)
        {
            Assert.AreEqual(expected[i].Score, found[i].Score, 1e-4f, $"Row {i}");
            Close(expected[i].TokenScores, found[i].TokenScores);
        }
    }

    /// <summary>Equal but for rounding. NaN equals NaN.</summary>
    public static void Close(float[] expected, float[] found)
    {
        Assert.HasCount(expected.Length, found);
        for (var i = 0; i < expected.Length; i++)
        {
            if (float.IsNaN(expected[i]))
                Assert.IsTrue(float.IsNaN(found[i]), $"Value {i}: {found[i]}");
            else
                Assert.AreEqual(expected[i], found[i], 1e-4f, $"Value {i}");
        }
    }

    /// <summary>The same weights to the last bit.</summary>
    public static void SameWeights(Dictionary<string, float[]> expected, Dictionary<string, float[]> found)
    {
        CollectionAssert.AreEquivalent(expected.Keys, found.Keys);
        foreach (var (name, values) in expected)
            CollectionAssert.AreEqual(values, found[name], name);
    }
}
