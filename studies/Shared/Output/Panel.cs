namespace MlNetNtd.Examples;

/// <summary>Curves that share axes.</summary>
/// <param name="Title">What is drawn.</param>
/// <param name="Series">The curves.</param>
internal sealed record Panel(string Title, IReadOnlyList<Series> Series)
{
    /// <summary>What is counted from left to right.</summary>
    public string XName { get; init; } = "";

    /// <summary>What is measured from bottom to top, with its unit.</summary>
    public string YName { get; init; } = "";

    /// <summary>The number that the first value of each curve stands at.</summary>
    public int First { get; init; } = 1;

    /// <summary>Values to compare with, drawn as level lines.</summary>
    public IReadOnlyList<Level> Levels { get; init; } = [];

    /// <summary>Places of the curves to point out, drawn as upright lines.</summary>
    public IReadOnlyList<Mark> Marks { get; init; } = [];
}

/// <summary>One curve: the value at <see cref="Panel.First"/> and each number behind it; what is not finite is left out.</summary>
/// <param name="Name">For the legend.</param>
/// <param name="Values">The values.</param>
internal sealed record Series(string Name, IReadOnlyList<double> Values)
{
    /// <summary>Whether it is one of many behind the others: drawn thin and grey, without a place in the legend.</summary>
    public bool IsFaint { get; init; }
}

/// <summary>A place of all curves.</summary>
/// <param name="Name">Written at the line.</param>
/// <param name="At">The number, counted as the values are.</param>
internal sealed record Mark(string Name, int At);

/// <summary>A value that does not change.</summary>
/// <param name="Name">Written at the line.</param>
/// <param name="Value">The value.</param>
internal sealed record Level(string Name, double Value);
