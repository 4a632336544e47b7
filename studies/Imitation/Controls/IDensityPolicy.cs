using static TorchSharp.torch;

namespace MlNetNtd.Studies.Imitation;

/// <summary>A policy that knows the density of moves, and so can be trained by likelihood.</summary>
internal interface IDensityPolicy : IPolicy
{
    /// <summary>Computes the logarithm of each move's density, up to a constant.</summary>
    /// <param name="states">States, (..., 2).</param>
    /// <param name="moves">Moves, (..., 2).</param>
    /// <returns>(...).</returns>
    Tensor LogLikelihood(Tensor states, Tensor moves);
}
