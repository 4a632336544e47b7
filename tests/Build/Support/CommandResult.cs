namespace MlNetNtd.Build.Tests;

/// <summary>What a command said and how it ended.</summary>
internal sealed record CommandResult(string Command, int ExitCode, string Output)
{
    private const string Mark = "MlNetNtd: ";

    /// <summary>The lines in which the build says which packages it uses, without what stands around them.</summary>
    public IReadOnlyList<string> Said => [.. Lines.Where(line => line.StartsWith(Mark, StringComparison.Ordinal))];

    /// <summary>What the sandbox project references, as its build found it after the restore.</summary>
    public string References => Lines.Single(line => line.StartsWith(Sandbox.ReferencesMark, StringComparison.Ordinal))[Sandbox.ReferencesMark.Length..].Trim();

    private IEnumerable<string> Lines => Output.Split('\n').Select(line => line.Trim());

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
