namespace Microsoft.ML.Data;

/// <summary>
/// Argument checks of the data-view contracts. These exceptions carry no mark:
/// only those that pass through an exception context do.
/// </summary>
internal static class BufferGuard
{
    public static void Param(bool holds, string name)
    {
        if (!holds)
            throw new ArgumentOutOfRangeException(name);
    }

    public static void Param(bool holds, string name, string message)
    {
        if (!holds)
            throw new ArgumentOutOfRangeException(name, message);
    }
}
