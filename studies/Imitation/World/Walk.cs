namespace MlNetNtd.Examples.Imitation;

/// <summary>One walk: the states that the agent was in, and the move that it made from each but the last.</summary>
/// <param name="States">T + 1.</param>
/// <param name="Moves">T.</param>
internal sealed record Walk(IReadOnlyList<State> States, IReadOnlyList<Move> Moves)
{
    /// <summary>Whether it came through the gate without running into anything.</summary>
    public bool Succeeded =>
        States[^1] is { Stuck: false } end && end.X >= Course.Length - Course.Shortfall && Math.Abs(end.Y) <= Course.GateHalfWidth;

    /// <summary>Whether it passed the obstacle in the middle on the left; null: it did not come past it.</summary>
    public bool? PassedLeft
    {
        get
        {
            var beside = States.FirstOrDefault(state => state.X >= Course.Obstacles[0].X);
            return beside == default || beside.Stuck ? null : beside.Y > 0;
        }
    }
}
