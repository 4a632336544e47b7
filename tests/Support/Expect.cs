namespace MlNetNtd.Tests;

/// <summary>Assertions that the tests share.</summary>
internal static class Expect
{
    /// <summary>The action throws exactly this type, with exactly this message.</summary>
    /// <remarks>The note that .NET puts behind an argument error, which names the parameter, is no part of it.</remarks>
    public static TException Error<TException>(string message, Action action)
        where TException : Exception
    {
        var thrown = Assert.ThrowsExactly<TException>(action);
        Assert.AreEqual(message, thrown.Message.Split(" (Parameter '")[0]);
        return thrown;
    }

    /// <summary>Both hold the same bits, so that NaN equals NaN and 0 does not equal -0.</summary>
    public static void SameBits(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string? about = null)
    {
        Assert.AreEqual(expected.Length, actual.Length, about);
        for (var i = 0; i < expected.Length; i++)
        {
            if (BitConverter.SingleToUInt32Bits(expected[i]) != BitConverter.SingleToUInt32Bits(actual[i]))
                Assert.Fail($"{about} Value {i}: expected {expected[i]}, found {actual[i]}.".TrimStart());
        }
    }

    /// <summary>Both hold the same values.</summary>
    public static void Same<T>(ReadOnlySpan<T> expected, ReadOnlySpan<T> actual, string? about = null)
    {
        Assert.AreEqual(expected.Length, actual.Length, about);
        for (var i = 0; i < expected.Length; i++)
        {
            if (!EqualityComparer<T>.Default.Equals(expected[i], actual[i]))
                Assert.Fail($"{about} Value {i}: expected {expected[i]}, found {actual[i]}.".TrimStart());
        }
    }

    /// <summary>Both hold the same values, but for the rounding of another order of sums.</summary>
    public static void Close(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance)
    {
        Assert.AreEqual(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], actual[i], tolerance, $"Value {i}.");
    }
}
