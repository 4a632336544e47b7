namespace MlNetNtd.Examples.Imitation;

/// <summary>A round obstacle.</summary>
internal sealed record Obstacle(double X, double Y, double Radius);
