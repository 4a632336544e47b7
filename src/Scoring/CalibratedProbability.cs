namespace MlNetNtd;

/// <summary>The probability of a logit: the logistic function of the logit, divided by a temperature that was fitted on validation rows.</summary>
/// <remarks>Scores stay logits: they rank, and they are what a generator's loss and a reranker take.</remarks>
internal static class CalibratedProbability
{
    /// <summary>The lowest temperature.</summary>
    public const float LowestTemperature = 0.05f;

    /// <summary>The highest temperature. It makes every probability about one half, where logits tell nothing.</summary>
    public const float HighestTemperature = 100f;

    /// <summary>Describes the range of temperatures, for messages.</summary>
    public static string Bounds => FormattableString.Invariant($"{LowestTemperature} to {HighestTemperature}");

    /// <summary>Returns whether a temperature, which may come from a file, is in the range.</summary>
    public static bool IsValid(float temperature) => temperature is >= LowestTemperature and <= HighestTemperature;

    /// <summary>Computes the probability, in double, because the exponential of a large Single overflows.</summary>
    public static float FromLogit(float logit, float temperature) => (float)(1 / (1 + Math.Exp(-(double)logit / temperature)));
}
