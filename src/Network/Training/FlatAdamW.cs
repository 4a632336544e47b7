using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>Implements AdamW on one flat tensor of weights.</summary>
/// <remarks>
/// Loshchilov and Hutter, Decoupled Weight Decay Regularization (arXiv 1711.05101), with the constants and the order of operations
/// of PyTorch's <c>torch.optim.AdamW</c>. TorchSharp's implementation loops over parameters.
/// </remarks>
internal sealed class FlatAdamW : IDisposable
{
    private const double Beta2 = 0.999;
    private const double Epsilon = 1e-8;

    private readonly Tensor _values;
    private readonly Tensor _gradients;
    private readonly Tensor _mean;
    private readonly Tensor _square;
    private readonly Tensor _divisor;
    private readonly double _weightDecay;
    private readonly double _beta1;
    private int _steps;

    /// <param name="values">The weights, which each step changes.</param>
    /// <param name="gradients">The gradients of the weights.</param>
    /// <param name="weightDecay">The weight decay; a step multiplies each weight by 1 - learning rate * weight decay.</param>
    /// <param name="beta1">The decay of the running mean of gradients.</param>
    public FlatAdamW(Tensor values, Tensor gradients, double weightDecay, double beta1)
    {
        _values = values;
        _gradients = gradients;
        _weightDecay = weightDecay;
        _beta1 = beta1;
        using var mode = inference_mode(false);
        _mean = zeros_like(values).DetachFromDisposeScope();
        _square = zeros_like(values).DetachFromDisposeScope();
        _divisor = empty_like(values).DetachFromDisposeScope();
    }

    /// <summary>
    /// Gets or sets the optimizer's state: the running means of gradients and of squared gradients, and the number of steps.
    /// </summary>
    public (float[] Mean, float[] Square, int Steps) State
    {
        get => (Values(_mean), Values(_square), _steps);
        set
        {
            using var scope = NewDisposeScope();
            using var noGrad = no_grad();
            _mean.copy_(tensor(value.Mean));
            _square.copy_(tensor(value.Square));
            _steps = value.Steps;
        }
    }

    /// <summary>Updates the weights.</summary>
    /// <param name="learningRate">The learning rate of this step.</param>
    public void Step(double learningRate)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        _steps++;
        _mean.Lerp_(_gradients, 1 - _beta1);
        _square.Mul_(Beta2).AddCMul_(_gradients, _gradients, 1 - Beta2);
        _divisor.copy_(_square).sqrt_().Mul_(1 / Math.Sqrt(1 - Math.Pow(Beta2, _steps))).AddScalar_(Epsilon);
        _values.Mul_(1 - learningRate * _weightDecay);
        _values.AddCDiv_(_mean, _divisor, -learningRate / (1 - Math.Pow(_beta1, _steps)));
    }

    public void Dispose()
    {
        _mean.Dispose();
        _square.Dispose();
        _divisor.Dispose();
    }

    private static float[] Values(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.cpu().data<float>().ToArray();
    }
}
