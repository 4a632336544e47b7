namespace MlNetNtd.Examples.Imitation;

/// <summary>Where the agent is: X ahead, Y to the left.</summary>
/// <param name="X">How far it has come.</param>
/// <param name="Y">How far it is to the left of the middle.</param>
/// <param name="Stuck">Whether it has run into an obstacle.</param>
internal readonly record struct State(double X, double Y, bool Stuck = false);
