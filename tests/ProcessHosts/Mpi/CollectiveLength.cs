namespace MlNetNtd;

/// <summary>The length of the arrays that the test processes exchange.</summary>
internal static class CollectiveLength
{
    /// <summary>More than goes out in one call, and no multiple of it.</summary>
    public const int Length = (1 << 22) + 3;
}
