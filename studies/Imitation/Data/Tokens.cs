namespace MlNetNtd.Studies.Imitation;

/// <summary>A walk as tokens: each is a state and the move made from it, scaled to about one unit.</summary>
internal static class Tokens
{
    /// <summary>The values of a state.</summary>
    public const int StateSize = 2;

    /// <summary>The values of a move.</summary>
    public const int MoveSize = 2;

    /// <summary>C.</summary>
    public const int Dimension = StateSize + MoveSize;

    private const double StateScaleX = 5;
    private const double StateScaleY = 1.5;
    private const double MoveScaleX = 0.25;
    private const double MoveScaleY = 0.5;
    private const double Speed = ObstacleWorld.Length / ObstacleWorld.Steps;

    /// <summary>Encodes a stretch of a walk, (T, C), row-major.</summary>
    public static float[] Encode(Walk walk, int first, int count)
    {
        var values = new float[count * Dimension];
        for (var i = 0; i < count; i++)
        {
            var token = values.AsSpan(i * Dimension, Dimension);
            Write(walk.States[first + i], token);
            Write(walk.Moves[first + i], token[StateSize..]);
        }

        return values;
    }

    public static void Write(State state, Span<float> values)
    {
        values[0] = (float)((state.X - ObstacleWorld.Length / 2) / StateScaleX);
        values[1] = (float)(state.Y / StateScaleY);
    }

    public static void Write(Move move, Span<float> values)
    {
        values[0] = (float)((move.X - Speed) / MoveScaleX);
        values[1] = (float)(move.Y / MoveScaleY);
    }

    public static Move ToMove(ReadOnlySpan<float> values) => new(values[0] * MoveScaleX + Speed, values[1] * MoveScaleY);
}
