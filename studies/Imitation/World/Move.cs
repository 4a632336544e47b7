namespace MlNetNtd.Examples.Imitation;

/// <summary>What the agent does: a step in the plane.</summary>
internal readonly record struct Move(double X, double Y);
