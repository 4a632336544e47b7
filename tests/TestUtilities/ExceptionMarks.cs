namespace MlNetNtd.Tests;

/// <summary>The mark of ML.NET on errors that are meant for the user.</summary>
internal static class ExceptionMarks
{
    private const string Key = "ML_IsMarked";

    /// <summary>The error, which must carry the mark.</summary>
    public static TException IsMarked<TException>(this TException error)
        where TException : Exception
    {
        Assert.IsTrue(error.Data.Contains(Key), $"Not marked: {error.Message}");
        return error;
    }
}
