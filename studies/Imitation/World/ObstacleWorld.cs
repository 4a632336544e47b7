namespace MlNetNtd.Studies.Imitation;

/// <summary>The plane: an agent walks from the left to a gate on the right, past three obstacles that stand in a column.</summary>
internal static class ObstacleWorld
{
    /// <summary>The steps of a walk: T.</summary>
    public const int Steps = 20;

    /// <summary>How far the gate is from the start.</summary>
    public const double Length = 10;

    /// <summary>How far to the side one may come through the gate.</summary>
    public const double GateHalfWidth = 1;

    /// <summary>How far short of the gate a walk may end.</summary>
    public const double Shortfall = 1.5;

    /// <summary>How far an agent comes in one step, at most.</summary>
    public const double LongestStep = 1;

    /// <summary>How far to the side experts start, at most.</summary>
    public const double StartHalfWidth = 0.1;

    /// <summary>The same where the start is disturbed.</summary>
    public const double DisturbedHalfWidth = 5;

    /// <summary>One in the middle, and one on either side that leaves a gap.</summary>
    public static IReadOnlyList<Obstacle> Obstacles { get; } = [new(5, 0, 1.1), new(5, 3.5, 1), new(5, -3.5, 1)];

    /// <summary>Draws where experts start.</summary>
    public static List<State> Starts(int count, Random random) => Draw(count, StartHalfWidth, random);

    /// <summary>Draws starts of which most are none of an expert's.</summary>
    public static List<State> DisturbedStarts(int count, Random random) => Draw(count, DisturbedHalfWidth, random);

    /// <summary>One step of the agent. It stops where it runs into an obstacle, and stays there.</summary>
    public static State Step(State from, Move move)
    {
        if (from.Stuck)
            return from;
        var length = Math.Sqrt(move.X * move.X + move.Y * move.Y);
        var scale = length > LongestStep ? LongestStep / length : 1;
        var (x, y) = (move.X * scale, move.Y * scale);
        var fraction = Obstacles.Min(obstacle => FreeFraction(from, x, y, obstacle));
        return new State(from.X + fraction * x, from.Y + fraction * y, fraction < 1);
    }

    private static List<State> Draw(int count, double halfWidth, Random random) =>
        [.. Enumerable.Range(0, count).Select(_ => new State(0, halfWidth * (2 * random.NextDouble() - 1)))];

    // The fraction of a step before it touches an obstacle: the first root of |from + fraction * step - center| = radius.
    private static double FreeFraction(State from, double x, double y, Obstacle obstacle)
    {
        var (dx, dy) = (from.X - obstacle.X, from.Y - obstacle.Y);
        var (a, b, c) = (x * x + y * y, dx * x + dy * y, dx * dx + dy * dy - obstacle.Radius * obstacle.Radius);
        var root = b * b - a * c;
        // Standing still, walking away, or passing by.
        return a == 0 || b >= 0 || root < 0 ? 1 : Math.Clamp((-b - Math.Sqrt(root)) / a, 0, 1);
    }
}

/// <summary>A round obstacle.</summary>
internal sealed record Obstacle(double X, double Y, double Radius);
