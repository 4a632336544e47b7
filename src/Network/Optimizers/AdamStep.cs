using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>
/// Implements the step of <see cref="ScalarSafeAdam"/> for one parameter, and its state as plain values: TorchSharp's sequence of
/// operations, with numbers that are kept alive.
/// </summary>
internal static class AdamStep
{
    /// <summary>Validates the parameters and copies them to an array, which the base class reads at each step.</summary>
    /// <exception cref="ArgumentException">A parameter is in half precision, or there are no parameters.</exception>
    public static Parameter[] Check(IEnumerable<Parameter> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        Parameter[] all = [.. parameters];
        if (all.Length == 0)
            throw new ArgumentException("parameters: expected at least one, found none.", nameof(parameters));
        var halfPrecision = Array.FindIndex(all, parameter => parameter.dtype is not (ScalarType.Float32 or ScalarType.Float64));
        return halfPrecision < 0
            ? all
            : throw new ArgumentException(
                $"parameters: expected weights of {ScalarType.Float32} or {ScalarType.Float64}, in which a step's change is not rounded away, found {all[halfPrecision].dtype} at position {halfPrecision}.",
                nameof(parameters));
    }

    /// <summary>Recreates state that was created in inference mode, which could not be changed outside that mode.</summary>
    public static void MakeUsable(IEnumerable<(OptimizerState State, OptimizerOptions Options)> states)
    {
        if (!is_inference_mode_enabled())
            return;
        using var mode = inference_mode(false);
        foreach (var (state, options) in states)
            state.Initialize(options);
    }

    /// <summary>Gets the gradient of a parameter; null if it has none.</summary>
    /// <exception cref="InvalidOperationException">The parameter is disposed, or an unsupported option is set.</exception>
    public static Tensor? Gradient(Parameter parameter, bool maximize, bool amsgrad)
    {
        if (amsgrad)
            throw new InvalidOperationException("amsgrad: expected false, found true.");
        if (parameter.IsInvalid)
        {
            throw new InvalidOperationException(
                "parameters: expected those that the optimizer was made with, found that one is disposed: the module was moved or cast since. Make the optimizer after to(...).");
        }

        return parameter.grad is { } gradient ? maximize ? gradient.neg() : gradient : null;
    }

    /// <summary>Updates one parameter.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="gradient">The gradient.</param>
    /// <param name="mean">The running mean of gradients.</param>
    /// <param name="square">The running mean of squared gradients.</param>
    /// <param name="step">The number of the step, from 1.</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="beta1">The decay of <paramref name="mean"/>.</param>
    /// <param name="beta2">The decay of <paramref name="square"/>.</param>
    /// <param name="epsilon">The term added to the denominator.</param>
    public static void Update(
        Parameter parameter, Tensor gradient, Tensor mean, Tensor square, long step, double rate, double beta1, double beta2, double epsilon)
    {
        mean.Mul_(beta1).Add_(gradient, 1 - beta1);
        square.Mul_(beta2).AddCMul_(gradient, gradient, 1 - beta2);
        var divisor = square.sqrt().Div(Math.Sqrt(1 - Math.Pow(beta2, step))).AddScalar_(epsilon);
        parameter.AddCDiv_(mean, divisor, -rate / (1 - Math.Pow(beta1, step)));
    }

    /// <summary>Copies a state to plain values.</summary>
    public static ScalarSafeAdamState Read(IReadOnlyList<(long Step, Tensor Mean, Tensor Square)> states)
    {
        return new ScalarSafeAdamState
        {
            Steps = [.. states.Select(state => state.Step)],
            Means = [.. states.Select(state => Values(state.Mean))],
            Squares = [.. states.Select(state => Values(state.Square))],
        };

        static float[] Values(Tensor tensor)
        {
            using var scope = NewDisposeScope();
            return tensor.to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
        }
    }

    /// <summary>Copies plain values to the tensors of a state.</summary>
    /// <exception cref="ArgumentException">The values belong to other parameters.</exception>
    public static void Write(ScalarSafeAdamState state, IReadOnlyList<(Tensor Mean, Tensor Square)> to)
    {
        ArgumentNullException.ThrowIfNull(state);
        var counts = to.Select(tensors => tensors.Mean.numel()).ToArray();
        if (state.Steps?.Length != counts.Length || !Fit(state.Means) || !Fit(state.Squares))
            throw new ArgumentException($"state: expected {counts.Length} parameters of {string.Join(", ", counts)} values, found those of others.", nameof(state));
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        for (var i = 0; i < counts.Length; i++)
        {
            to[i].Mean.copy_(tensor(state.Means[i]).view(to[i].Mean.shape));
            to[i].Square.copy_(tensor(state.Squares[i]).view(to[i].Square.shape));
        }

        bool Fit(float[][]? values) => values?.Select(some => (long?)some?.Length).SequenceEqual(counts.Select(count => (long?)count)) == true;
    }
}
