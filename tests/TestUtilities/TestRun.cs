using System.Globalization;

namespace MlNetNtd.Tests;

/// <summary>How much of the tests runs: <c>MLNETNTD_TESTS=full</c> runs all of it, as CI does.</summary>
/// <remarks>
/// Without it, tests that take long and seldom find anything run with fewer inputs, rounds or kills, or are skipped with a reason,
/// so that <c>dotnet test</c> on a fresh clone ends within minutes and still touches every feature.
/// </remarks>
internal static class TestRun
{
    private const string Variable = "MLNETNTD_TESTS";

    /// <summary>Whether everything runs.</summary>
    public static bool IsFull { get; } = Environment.GetEnvironmentVariable(Variable) == "full";

    /// <summary>Gets a number of inputs, rounds or kills.</summary>
    /// <param name="full">The number of a full run.</param>
    /// <param name="reduced">The number of any other run.</param>
    public static int Count(int full, int reduced) => IsFull ? full : reduced;

    /// <summary>Gets a number that an environment variable may set, and otherwise a default.</summary>
    public static int Count(string variable, int value) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var count) ? count : value;
}

/// <summary>Runs only with <c>MLNETNTD_TESTS=full</c>; otherwise the test is skipped by name.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class FullRunAttribute : ConditionBaseAttribute
{
    /// <summary>The reason with which a test or a row is skipped.</summary>
    public const string Reason = "takes long: runs with MLNETNTD_TESTS=full";

    public FullRunAttribute()
        : base(ConditionMode.Include) => IgnoreMessage = Reason;

    public override string GroupName => "FullRun";

    public override bool IsConditionMet => TestRun.IsFull;
}

/// <summary>A <see cref="DataRowAttribute"/> that runs only with <c>MLNETNTD_TESTS=full</c>; otherwise the row is skipped by name.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class FullRunRowAttribute : DataRowAttribute
{
    public FullRunRowAttribute(params object?[]? data)
        : base(data) => IgnoreMessage = TestRun.IsFull ? null : FullRunAttribute.Reason;
}
