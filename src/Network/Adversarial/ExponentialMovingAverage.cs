using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>
/// A running mean of a module's parameters: a generator that circles around what it is after is steadier in the mean of its
/// way than at the end of it (arXiv 1806.04498).
/// </summary>
/// <remarks>
/// Buffers are not averaged. The mean of parameters in half precision is kept in single, where a step's share of a weight is
/// not rounded away. Make it when the module is on its device and of its type: <c>to</c> gives a module other parameters.
/// </remarks>
public sealed class ExponentialMovingAverage : IDisposable
{
    private readonly nn.Module _module;
    private readonly Parameter[] _parameters;
    private readonly Tensor[] _means;
    private readonly double _decay;

    /// <summary>Begins with the weights as they are. The module stays the caller's.</summary>
    /// <param name="module">Whose parameters.</param>
    /// <param name="decay">
    /// The share of the old mean that a step keeps, 0 up to but not including 1: 0.999 looks back over about 1,000 steps. It
    /// is less in the first steps, (1 + n) / (10 + n), so that the beginning is soon forgotten.
    /// </param>
    public ExponentialMovingAverage(nn.Module module, double decay = 0.999)
    {
        ArgumentNullException.ThrowIfNull(module);
        if (!(decay >= 0 && decay < 1))
            throw new ArgumentOutOfRangeException(nameof(decay), FormattableString.Invariant($"expected 0 up to but not including 1, found {decay}."));
        _module = module;
        _decay = decay;
        _parameters = [.. module.parameters()];
        _means = CopyOf(_parameters, inSingle: true);
    }

    /// <summary>Steps taken in.</summary>
    public long Steps { get; private set; }

    /// <summary>Takes the weights in as they are: call it behind each step of the optimizer.</summary>
    /// <exception cref="InvalidOperationException">The module was moved or cast since this was made.</exception>
    public void Update()
    {
        CheckNotMoved();
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var kept = Math.Min(_decay, (1.0 + Steps) / (10.0 + Steps));
        for (var i = 0; i < _means.Length; i++)
            _means[i].Lerp_(_parameters[i].detach().to(_means[i].dtype), 1 - kept);
        Steps++;
    }

    /// <summary>Puts the mean into the module it was taken of, for a while.</summary>
    /// <returns>What puts the module's own weights back when it is disposed.</returns>
    /// <exception cref="InvalidOperationException">
    /// The module was moved or cast since this was made, or its weights were not finite at one of the updates.
    /// </exception>
    public IDisposable Swap()
    {
        CheckNotMoved();
        CheckFinite();
        var own = new OwnWeights(_parameters);
        Copy(_means, _parameters);
        return own;
    }

    /// <summary>Puts the mean into a module, for good.</summary>
    /// <param name="module">The same one, or another with parameters of the same shapes in the same order, of any type and on any device.</param>
    /// <exception cref="ArgumentException">Its parameters are others.</exception>
    /// <exception cref="InvalidOperationException">The averaged module's weights were not finite at one of the updates.</exception>
    public void CopyTo(nn.Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        Parameter[] parameters = [.. module.parameters()];
        if (!parameters.Select(Shape).SequenceEqual(_means.Select(Shape)))
            throw new ArgumentException("module: expected parameters of the same shapes as those of the module that was averaged.", nameof(module));
        CheckFinite();
        Copy(_means, parameters);

        static string Shape(Tensor tensor) => string.Join(',', tensor.shape);
    }

    /// <summary>Frees the mean.</summary>
    public void Dispose()
    {
        foreach (var mean in _means)
            mean.Dispose();
    }

    // The parameters known here would be what the module left behind: averaged on and on, and of no use to it.
    private void CheckNotMoved()
    {
        if (!_module.parameters().SequenceEqual(_parameters, ReferenceEqualityComparer.Instance))
        {
            throw new InvalidOperationException(
                "module: expected the parameters that the mean was made of, found others: the module was moved or cast since. Make the mean after to(...).");
        }
    }

    private void CheckFinite()
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var broken = Array.FindIndex(_means, mean => !mean.isfinite().all().item<bool>());
        if (broken >= 0)
        {
            throw new InvalidOperationException(
                $"module: expected finite weights at each update, found others: the mean of '{_module.named_parameters().ElementAt(broken).name}' is not finite after {Steps} updates.");
        }
    }

    // What is made under inference_mode could not be changed outside it.
    private static Tensor[] CopyOf(Parameter[] parameters, bool inSingle)
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode(false);
        using var quiet = no_grad();
        return [.. parameters.Select(parameter => parameter.detach().clone().to(Type(parameter.dtype)).DetachFromDisposeScope())];

        ScalarType Type(ScalarType own) => inSingle && own is ScalarType.Float16 or ScalarType.BFloat16 ? ScalarType.Float32 : own;
    }

    private static void Copy(Tensor[] values, Parameter[] parameters)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        for (var i = 0; i < values.Length; i++)
        {
            // A second handle on the parameter, which the scope may dispose.
            using var target = parameters[i].detach();
            target.copy_(values[i]);
        }
    }

    private sealed class OwnWeights(Parameter[] parameters) : IDisposable
    {
        private readonly Tensor[] _values = CopyOf(parameters, inSingle: false);

        public void Dispose()
        {
            Copy(_values, parameters);
            foreach (var value in _values)
                value.Dispose();
        }
    }
}
