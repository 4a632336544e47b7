using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>
/// Implements AdamW (arXiv 1711.05101) for the parameters of any module: <see cref="ScalarSafeAdam"/> with a weight decay that does
/// not enter the gradients.
/// </summary>
/// <remarks>A step gives the same bits as TorchSharp's <c>optim.AdamW</c>.</remarks>
public sealed class ScalarSafeAdamW : ScalarSafeAdam
{
    /// <summary>Initializes the optimizer. The parameters stay the caller's.</summary>
    /// <param name="parameters">The parameters to train, in single or double precision.</param>
    /// <param name="learningRate">The learning rate; a scheduler, or <c>ParamGroups</c>, may change it.</param>
    /// <param name="beta1">The decay of the running mean of gradients; 0.5 or 0 is usual in a GAN.</param>
    /// <param name="beta2">The decay of the running mean of squared gradients.</param>
    /// <param name="epsilon">The term added to the denominator.</param>
    /// <param name="weightDecay">
    /// The weight decay; a step multiplies each weight by 1 - learning rate * weight decay. The default is PyTorch's.
    /// </param>
    /// <exception cref="ArgumentException">
    /// A value is out of range, a parameter is in half precision, or there are no parameters.
    /// </exception>
    public ScalarSafeAdamW(
        IEnumerable<Parameter> parameters, double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8,
        double weightDecay = 0.01)
        : base(parameters, learningRate, beta1, beta2, epsilon, weightDecay)
    {
    }

    private protected override Tensor DecayWeights(Parameter parameter, Tensor gradient, double rate, double weightDecay)
    {
        parameter.Mul_(1 - rate * weightDecay);
        return gradient;
    }
}
