using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>AdamW on one flat tensor of weights.</summary>
/// <remarks>
/// Loshchilov and Hutter, Decoupled Weight Decay Regularization (arXiv 1711.05101), with the constants and the order of
/// operations of PyTorch's <c>torch.optim.AdamW</c>. TorchSharp's goes from parameter to parameter.
/// </remarks>
internal sealed class FlatAdamW : IDisposable
{
    private const double SecondDecay = 0.999;
    private const double Epsilon = 1e-8;

    private readonly Tensor _values;
    private readonly Tensor _gradients;
    private readonly Tensor _mean;
    private readonly Tensor _square;
    private readonly Tensor _divisor;
    private readonly double _weightDecay;
    private readonly double _momentum;
    private int _steps;

    /// <param name="values">The weights, which each step changes.</param>
    /// <param name="gradients">Their gradients.</param>
    /// <param name="weightDecay">The share of a weight, times the learning rate, that a step takes away.</param>
    /// <param name="momentum">What the running mean of the gradients keeps at a step.</param>
    public FlatAdamW(Tensor values, Tensor gradients, double weightDecay, double momentum)
    {
        _values = values;
        _gradients = gradients;
        _weightDecay = weightDecay;
        _momentum = momentum;
        using var mode = inference_mode(false);
        _mean = zeros_like(values).DetachFromDisposeScope();
        _square = zeros_like(values).DetachFromDisposeScope();
        _divisor = empty_like(values).DetachFromDisposeScope();
    }

    /// <summary>Its memory, as plain values: the running means of the gradients and of their squares, and how many steps made them.</summary>
    public (float[] Mean, float[] Square, int Steps) State
    {
        get => (Values(_mean), Values(_square), _steps);
        set
        {
            using var scope = NewDisposeScope();
            using var quiet = no_grad();
            _mean.copy_(tensor(value.Mean));
            _square.copy_(tensor(value.Square));
            _steps = value.Steps;
        }
    }

    /// <summary>One step.</summary>
    /// <param name="learningRate">Of this step.</param>
    public void Step(double learningRate)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        _steps++;
        _mean.Lerp_(_gradients, 1 - _momentum);
        _square.Mul_(SecondDecay).AddCMul_(_gradients, _gradients, 1 - SecondDecay);
        _divisor.copy_(_square).sqrt_().Mul_(1 / Math.Sqrt(1 - Math.Pow(SecondDecay, _steps))).AddScalar_(Epsilon);
        _values.Mul_(1 - learningRate * _weightDecay);
        _values.AddCDiv_(_mean, _divisor, -learningRate / (1 - Math.Pow(_momentum, _steps)));
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
