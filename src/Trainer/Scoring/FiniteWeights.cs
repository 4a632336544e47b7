using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>Copies the weights of a network that a caller passes in for a model.</summary>
internal static class FiniteWeights
{
    /// <summary>Copies a network's weights and checks them.</summary>
    /// <exception cref="ArgumentException">A weight is not finite.</exception>
    public static StateDictionary Copy(IExceptionContext context, DiscriminatorNetwork network)
    {
        var weights = network.ToStateDictionary();
        return weights.FindProblem() is { } problem ? throw context.Option((nameof(network), problem)) : weights;
    }
}
