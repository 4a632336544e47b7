using Microsoft.ML;

namespace MlNetNtd;

/// <summary>What the trainer says of itself: ML.NET shows the properties to all, the constructor to its own.</summary>
internal static class TrainerInfoFactory
{
    /// <summary>
    /// No normalization: embeddings are comparable as they come, and the network normalizes between its layers. No
    /// calibration: its scores are logits. No caching: rows are read once and held in memory. Validation rows and weights to
    /// begin with are understood.
    /// </summary>
    public static TrainerInfo Info => new(
        normalization: false, calibration: false, caching: false, supportValid: true, supportIncrementalTrain: true);
}
