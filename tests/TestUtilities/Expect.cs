namespace MlNetNtd.Tests;

/// <summary>Assertions that the tests share.</summary>
internal static class Expect
{
    /// <summary>Asserts that an action throws exactly this type with exactly this message.</summary>
    /// <remarks>.NET appends the parameter's name to the message of an argument error; that part is not compared.</remarks>
    public static TException Error<TException>(string message, Action action)
        where TException : Exception
    {
        var thrown = Assert.ThrowsExactly<TException>(action);
        Assert.AreEqual(message, thrown.Message.Split(" (Parameter '")[0]);
        return thrown;
    }

    /// <summary>Asserts that an action throws an error of a type whose message contains all phrases.</summary>
    public static TException Error<TException>(Action action, params string[] phrases)
        where TException : Exception
    {
        var error = Assert.Throws<TException>(action);
        foreach (var phrase in phrases)
            Assert.Contains(phrase, error.Message);
        return error;
    }

    /// <summary>Asserts that loading a model fails with a format error, which ML.NET wraps in errors of its own.</summary>
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

    /// <summary>Asserts that both hold the same bits: NaN equals NaN, and 0 does not equal -0.</summary>
    public static void SameBits(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string? about = null)
    {
        Assert.AreEqual(expected.Length, actual.Length, about);
        for (var i = 0; i < expected.Length; i++)
        {
            if (BitConverter.SingleToUInt32Bits(expected[i]) != BitConverter.SingleToUInt32Bits(actual[i]))
                Assert.Fail($"{about} Value {i}: expected {expected[i]}, found {actual[i]}.".TrimStart());
        }
    }

    /// <summary>Asserts that both hold the same values.</summary>
    public static void Same<T>(ReadOnlySpan<T> expected, ReadOnlySpan<T> actual, string? about = null)
    {
        Assert.AreEqual(expected.Length, actual.Length, about);
        for (var i = 0; i < expected.Length; i++)
        {
            if (!EqualityComparer<T>.Default.Equals(expected[i], actual[i]))
                Assert.Fail($"{about} Value {i}: expected {expected[i]}, found {actual[i]}.".TrimStart());
        }
    }

    /// <summary>Asserts that two networks have the same weights, to the last bit.</summary>
    public static void SameWeights(Dictionary<string, float[]> expected, Dictionary<string, float[]> found)
    {
        CollectionAssert.AreEquivalent(expected.Keys, found.Keys);
        foreach (var (name, values) in expected)
            CollectionAssert.AreEqual(values, found[name], name);
    }

    /// <summary>Asserts that both hold the same values up to rounding, as after sums in another order.</summary>
    public static void Close(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance)
    {
        Assert.AreEqual(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], actual[i], tolerance, $"Value {i}.");
    }

    /// <summary>Asserts that both hold the same values up to rounding. NaN equals NaN.</summary>
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

    /// <summary>Asserts that two scorings of the same rows, in batches of different sizes, agree up to rounding.</summary>
    public static void Close(IReadOnlyList<Scores> expected, IReadOnlyList<Scores> found)
    {
        Assert.HasCount(expected.Count, found);
        for (var i = 0; i < expected.Count; i++)
        {
            Assert.AreEqual(expected[i].Score, found[i].Score, 1e-4f, $"Row {i}");
            Close(expected[i].TokenScores, found[i].TokenScores);
        }
    }
}
