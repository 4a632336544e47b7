using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>
/// Maintains an exponential moving average (EMA) of a module's parameters. A generator that oscillates around its optimum is more
/// stable at the average of its path than at its end (arXiv 1806.04498).
/// </summary>
/// <remarks>
/// Buffers are not averaged. The average of parameters in half precision is kept in single precision, in which small updates are
/// not rounded away. Create it when the module has its final device and type, because <c>to</c> gives a module other parameters.
/// </remarks>
public sealed class ExponentialMovingAverage : IDisposable
{
    private readonly nn.Module _module;
    private readonly Parameter[] _parameters;
    private readonly Tensor[] _averages;
    private readonly double _decay;

    /// <summary>Initializes the average with the current weights. The module stays the caller's.</summary>
    /// <param name="module">The module whose parameters are averaged.</param>
    /// <param name="decay">
    /// The fraction of the old average that an update keeps, 0 up to but not including 1; 0.999 averages over about 1,000 steps.
    /// The first updates keep less, (1 + n) / (10 + n), so that the initial weights are soon forgotten.
    /// </param>
    public ExponentialMovingAverage(nn.Module module, double decay = 0.999)
    {
        ArgumentNullException.ThrowIfNull(module);
        if (!(decay >= 0 && decay < 1))
            throw new ArgumentOutOfRangeException(nameof(decay), FormattableString.Invariant($"expected 0 up to but not including 1, found {decay}."));
        _module = module;
        _decay = decay;
        _parameters = [.. module.parameters()];
        _averages = Clone(_parameters, inSingle: true);
    }

    /// <summary>Gets the number of updates.</summary>
    public long Steps { get; private set; }

    /// <summary>Updates the average with the current weights. Call it after each step of the optimizer.</summary>
    /// <exception cref="InvalidOperationException">The module was moved or cast after the average was created.</exception>
    public void Update()
    {
        CheckNotMoved();
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var kept = Math.Min(_decay, (1.0 + Steps) / (10.0 + Steps));
        for (var i = 0; i < _averages.Length; i++)
            _averages[i].Lerp_(_parameters[i].detach().to(_averages[i].dtype), 1 - kept);
        Steps++;
    }

    /// <summary>Replaces the module's weights by the average, temporarily.</summary>
    /// <returns>An object that restores the module's own weights when disposed.</returns>
    /// <exception cref="InvalidOperationException">
    /// The module was moved or cast after the average was created, or its weights were not finite at one of the updates.
    /// </exception>
    public IDisposable Swap()
    {
        CheckNotMoved();
        CheckFinite();
        var own = new SavedWeights(_parameters);
        Copy(_averages, _parameters);
        return own;
    }

    /// <summary>Copies the average to a module.</summary>
    /// <param name="module">
    /// The averaged module, or another with parameters of the same shapes in the same order, of any type and on any device.
    /// </param>
    /// <exception cref="ArgumentException">The module's parameters have other shapes.</exception>
    /// <exception cref="InvalidOperationException">The averaged module's weights were not finite at one of the updates.</exception>
    public void CopyTo(nn.Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        Parameter[] parameters = [.. module.parameters()];
        if (!parameters.Select(Shape).SequenceEqual(_averages.Select(Shape)))
            throw new ArgumentException("module: expected parameters of the same shapes as those of the module that was averaged.", nameof(module));
        CheckFinite();
        Copy(_averages, parameters);

        static string Shape(Tensor tensor) => string.Join(',', tensor.shape);
    }

    /// <summary>Frees the average.</summary>
    public void Dispose()
    {
        foreach (var mean in _averages)
            mean.Dispose();
    }

    // A module that was moved or cast has other parameters; averaging the old ones would be of no use to it.
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
        using var noGrad = no_grad();
        var broken = Array.FindIndex(_averages, mean => !mean.isfinite().all().item<bool>());
        if (broken >= 0)
        {
            throw new InvalidOperationException(
                $"module: expected finite weights at each update, found others: the mean of '{_module.named_parameters().ElementAt(broken).name}' is not finite after {Steps} updates.");
        }
    }

    // A tensor created in inference mode could not be changed outside that mode.
    private static Tensor[] Clone(Parameter[] parameters, bool inSingle)
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode(false);
        using var noGrad = no_grad();
        return [.. parameters.Select(parameter => parameter.detach().clone().to(Type(parameter.dtype)).DetachFromDisposeScope())];

        ScalarType Type(ScalarType own) => inSingle && own is ScalarType.Float16 or ScalarType.BFloat16 ? ScalarType.Float32 : own;
    }

    private static void Copy(Tensor[] values, Parameter[] parameters)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        for (var i = 0; i < values.Length; i++)
        {
            // A second handle on the parameter, which may be disposed.
            using var target = parameters[i].detach();
            target.copy_(values[i]);
        }
    }

    private sealed class SavedWeights(Parameter[] parameters) : IDisposable
    {
        private readonly Tensor[] _values = Clone(parameters, inSingle: false);

        public void Dispose()
        {
            Copy(_values, parameters);
            foreach (var value in _values)
                value.Dispose();
        }
    }
}
