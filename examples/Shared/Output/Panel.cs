namespace MlNetNtd.Examples;

/// <summary>Curves that share axes.</summary>
/// <param name="Title">What is drawn.</param>
/// <param name="Series">The curves.</param>
internal sealed record Panel(string Title, IReadOnlyList<Series> Series);

/// <summary>One curve: the value at 1, 2, 3, ...; what is not finite is left out.</summary>
/// <param name="Name">For the legend.</param>
/// <param name="Values">The values.</param>
internal sealed record Series(string Name, IReadOnlyList<double> Values);
