namespace MlNetNtd.Packages.Tests;

/// <summary>What a command said and how it ended.</summary>
internal sealed record CommandResult(string Command, int ExitCode, string Output)
{
    /// <summary>The result, of a command that had to succeed.</summary>
    public CommandResult Succeeded()
    {
        Assert.AreEqual(0, ExitCode, $"{Command}\n{Output}");
        return this;
    }

    /// <summary>The result, of a command that had to fail.</summary>
    public CommandResult Failed()
    {
        Assert.AreNotEqual(0, ExitCode, $"{Command}\n{Output}");
        return this;
    }
}
