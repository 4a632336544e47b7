namespace MlNetNtd.Studies.Imitation;

/// <summary>One walk: the states that the agent was in, and the move that it made from each but the last.</summary>
/// <param name="States">T + 1.</param>
/// <param name="Moves">T.</param>
internal sealed record Walk(IReadOnlyList<State> States, IReadOnlyList<Move> Moves)
{
    /// <summary>Whether it came through the gate without running into anything.</summary>
    public bool Succeeded =>
        States[^1] is { Stuck: false } end && end.X >= ObstacleWorld.Length - ObstacleWorld.Shortfall && Math.Abs(end.Y) <= ObstacleWorld.GateHalfWidth;

    /// <summary>Whether it passed the obstacle in the middle on the left; null: it did not come past it.</summary>
    public bool? PassedLeft
    {
        get
        {
            var beside = States.FirstOrDefault(state => state.X >= ObstacleWorld.Obstacles[0].X);
            return beside == default || beside.Stuck ? null : beside.Y > 0;
        }
    }
}

/// <summary>Where the agent is: X ahead, Y to the left.</summary>
/// <param name="X">How far it has come.</param>
/// <param name="Y">How far it is to the left of the middle.</param>
/// <param name="Stuck">Whether it has run into an obstacle.</param>
internal readonly record struct State(double X, double Y, bool Stuck = false);

/// <summary>A move of the agent: a step in the plane.</summary>
internal readonly record struct Move(double X, double Y);
