using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetNtd.Examples;

/// <summary>
/// Adam (arXiv 1412.6980), operation by operation that of TorchSharp, whose numbers a collection may free too early: see
/// <see cref="Numbers"/>.
/// </summary>
internal sealed class AdamOptimizer : IDisposable
{
    private const double Epsilon = 1e-8;

    private readonly Parameter[] _parameters;
    private readonly Tensor[] _means;
    private readonly Tensor[] _squares;
    private readonly double _firstDecay;
    private readonly double _secondDecay;
    private int _steps;

    /// <param name="parameters">Stay the caller's, on their device from now on.</param>
    /// <param name="firstDecay">What the mean of the gradients keeps a step.</param>
    /// <param name="secondDecay">What the mean of their squares keeps.</param>
    public AdamOptimizer(IEnumerable<Parameter> parameters, double firstDecay = 0.9, double secondDecay = 0.999)
    {
        _parameters = [.. parameters];
        _means = Array.ConvertAll(_parameters, Zeros);
        _squares = Array.ConvertAll(_parameters, Zeros);
        (_firstDecay, _secondDecay) = (firstDecay, secondDecay);

        static Tensor Zeros(Parameter parameter)
        {
            using var quiet = no_grad();
            return zeros_like(parameter).DetachFromDisposeScope();
        }
    }

    /// <summary>What it knows, as plain values.</summary>
    public AdamState State
    {
        get => new(_steps, Array.ConvertAll(_means, Values), Array.ConvertAll(_squares, Values));
        set
        {
            using var quiet = no_grad();
            _steps = value.Steps;
            for (var i = 0; i < _parameters.Length; i++)
            {
                Put(value.Means[i], _means[i]);
                Put(value.Squares[i], _squares[i]);
            }
        }
    }

    /// <summary>Sets the gradients to zero.</summary>
    public void Clear()
    {
        foreach (var parameter in _parameters)
        {
            using var gradient = parameter.grad;
            gradient?.zero_();
        }
    }

    /// <summary>One step.</summary>
    /// <param name="rate">Of this step.</param>
    public void Step(double rate)
    {
        using var quiet = no_grad();
        _steps++;
        var (bias, secondBias) = (1 - Math.Pow(_firstDecay, _steps), 1 - Math.Pow(_secondDecay, _steps));
        for (var i = 0; i < _parameters.Length; i++)
        {
            using var scope = NewDisposeScope();
            if (_parameters[i].grad is not { } gradient)
                continue;
            // A second handle on the parameter, which the scope may dispose.
            var values = _parameters[i].detach();
            _means[i].Scale(_firstDecay).AddMultiple(gradient, 1 - _firstDecay);
            _squares[i].Scale(_secondDecay).AddProduct(gradient, gradient, 1 - _secondDecay);
            var divisor = _squares[i].sqrt().Over(Math.Sqrt(secondBias)).Shift(Epsilon);
            values.AddQuotient(_means[i], divisor, -rate / bias);
        }
    }

    public void Dispose()
    {
        foreach (var state in _means.Concat(_squares))
            state.Dispose();
    }

    private static float[] Values(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.cpu().data<float>().ToArray();
    }

    private static void Put(float[] values, Tensor tensor)
    {
        using var scope = NewDisposeScope();
        tensor.copy_(torch.tensor(values).view(tensor.shape));
    }
}

/// <summary>What an <see cref="AdamOptimizer"/> knows between two steps.</summary>
/// <param name="Steps">How many are done.</param>
/// <param name="Means">Of the gradients, parameter by parameter.</param>
/// <param name="Squares">Of their squares.</param>
internal sealed record AdamState(int Steps, float[][] Means, float[][] Squares);
