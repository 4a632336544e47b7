using Microsoft.ML;

namespace MlNetNtd;

/// <summary>Creates the trainer's <see cref="TrainerInfo"/>, whose constructor is internal to ML.NET.</summary>
internal static class TrainerInfoFactory
{
    /// <summary>
    /// Gets the trainer's requirements. It needs no normalization, because the trainer standardizes its inputs; no calibration,
    /// because its scores are logits; no caching, because it caches rows itself. It supports validation rows and initial weights.
    /// </summary>
    public static TrainerInfo Info => new(
        normalization: false, calibration: false, caching: false, supportValid: true, supportIncrementalTrain: true);
}
