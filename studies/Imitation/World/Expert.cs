namespace MlNetNtd.Studies.Imitation;

/// <summary>
/// The expert: walks towards the obstacle, swerves late to the left or to the right, half and half, and comes back behind it.
/// Its hand is a little unsteady.
/// </summary>
internal static class Expert
{
    private const double Speed = ObstacleWorld.Length / ObstacleWorld.Steps;
    private const double Unsteadiness = 0.05;
    private const double Lane = 1.75;
    private const double SwerveFrom = 3;
    private const double SwerveLength = 1;
    private const double ReturnFrom = 6.5;
    private const double ReturnLength = 2.5;

    // Of the way to where it wants to be, how much it goes in one step, and how far at most.
    private const double Eagerness = 0.8;
    private const double LongestSidestep = 0.85;

    /// <summary>Creates walks; the seed decides them.</summary>
    public static List<Walk> CreateWalks(int count, int seed)
    {
        var random = new Random(seed);
        return [.. ObstacleWorld.Starts(count, random).Select(start => Walk(start, random))];
    }

    private static Walk Walk(State start, Random random)
    {
        var side = random.Next(2) == 0 ? 1 : -1;
        var (states, moves) = (new List<State> { start }, new List<Move>());
        for (var i = 0; i < ObstacleWorld.Steps; i++)
        {
            var from = states[^1];
            var ahead = from.X + Speed;
            var wanted = side * Lane * (Smooth((ahead - SwerveFrom) / SwerveLength) - Smooth((ahead - ReturnFrom) / ReturnLength));
            var sidestep = Math.Clamp(Eagerness * (wanted - from.Y), -LongestSidestep, LongestSidestep);
            moves.Add(new Move(Speed + Unsteadiness * Gaussian.Draw(random), sidestep + Unsteadiness * Gaussian.Draw(random)));
            states.Add(ObstacleWorld.Step(from, moves[^1]));
        }

        return new Walk(states, moves);
    }

    // From 0 to 1 without a corner.
    private static double Smooth(double position)
    {
        var t = Math.Clamp(position, 0, 1);
        return t * t * (3 - 2 * t);
    }
}
