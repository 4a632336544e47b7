using System.CommandLine;

namespace MlNetNtd.Tool;

/// <summary>A command with examples.</summary>
/// <param name="name">The name.</param>
/// <param name="description">One sentence.</param>
/// <param name="examples">Lines that a user can copy.</param>
internal sealed class DescribedCommand(string name, string description, params string[] examples) : Command(name, description)
{
    /// <summary>Gets the examples.</summary>
    public IReadOnlyList<string> Examples { get; } = examples;

    /// <summary>Gets or sets what describes options only when help is asked for, because it takes time.</summary>
    public Action Describe { get; set; } = () => { };

    /// <summary>Sets the action, which runs on another thread, so that Ctrl+C is heard while it works.</summary>
    public void Runs(Func<ParseResult, CancellationToken, int> action) =>
        SetAction((result, cancellationToken) => Task.Run(() => action(result, cancellationToken), CancellationToken.None));
}
