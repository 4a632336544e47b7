namespace MlNetNtd.Studies.Imitation;

/// <summary>Draws of one of several outcomes.</summary>
internal static class Categorical
{
    /// <summary>Draws the index of an outcome.</summary>
    /// <param name="probabilities">Their sum need not be exactly 1: the rest goes to the last outcome.</param>
    /// <param name="random">Decides the draw.</param>
    public static int Draw(ReadOnlySpan<float> probabilities, Random random)
    {
        var point = random.NextDouble();
        for (var i = 0; i < probabilities.Length; i++)
        {
            point -= probabilities[i];
            if (point < 0)
                return i;
        }

        return probabilities.Length - 1;
    }
}
