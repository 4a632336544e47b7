using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>
/// AdamW (arXiv 1711.05101) for the parameters of any module, safe from garbage collections: TorchSharp's <c>optim.AdamW</c> with
/// numbers that are held.
/// </summary>
/// <remarks>
/// <para>
/// TorchSharp 0.107's own optimizers make a number for each operation that a garbage collection may free while it is used (see
/// <see cref="ScalarSafeOps"/>): with threads beside the loop a step now and then fails, or computes with garbage. This one is a
/// TorchSharp optimizer in all else: <c>zero_grad</c>, learning rate schedulers, <c>state_dict</c>, parameter groups. A step
/// gives the same bits. <c>amsgrad</c> is refused.
/// </para>
/// <para>
/// Make it when the module is on its device and of its type: <c>to</c> gives a module other parameters. Parameters without a
/// gradient stay as they are.
/// </para>
/// </remarks>
public sealed class ScalarSafeAdamW : AdamW
{
    /// <summary>Prepares training. The parameters stay the caller's.</summary>
    /// <param name="parameters">What is trained, in single or double.</param>
    /// <param name="learningRate">The size of a step; a scheduler, or <c>ParamGroups</c>, may change it.</param>
    /// <param name="beta1">What the running mean of gradients keeps a step: 0.5 or 0 is usual in a GAN.</param>
    /// <param name="beta2">What the running mean of their squares keeps a step.</param>
    /// <param name="epsilon">Added to the divisor.</param>
    /// <param name="weightDecay">The share of a weight, times the learning rate, that a step takes away; PyTorch's default.</param>
    /// <exception cref="ArgumentException">A value is out of its range, a parameter is in half precision, or there is none.</exception>
    public ScalarSafeAdamW(
        IEnumerable<Parameter> parameters, double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8,
        double weightDecay = 0.01)
        : base(AdamStep.Check(parameters), learningRate, beta1, beta2, epsilon, weightDecay) =>
        AdamStep.MakeUsable(States().Select(entry => ((OptimizerState)entry.State, (OptimizerOptions)entry.Group.Options)));

    /// <summary>One step down the gradients.</summary>
    /// <param name="closure">Computes the loss and its gradients anew; null: they are there.</param>
    /// <returns>What <paramref name="closure"/> gave; null without one.</returns>
    /// <exception cref="InvalidOperationException">The module was moved or cast since this was made.</exception>
    public override Tensor? step(Func<Tensor>? closure = null) => _step<ParamGroup>(
        group =>
        {
            var options = (Options)group.Options;
            foreach (var parameter in group.Parameters)
            {
                if (AdamStep.Gradient(parameter, options.maximize == true, options.amsgrad == true) is not { } gradient)
                    continue;
                using var scope = NewDisposeScope();
                var state = (State)_state[parameter.Handle];
                state.step++;
                var rate = options.LearningRate!.Value;
                parameter.Mul_(1 - rate * options.weight_decay!.Value);
                AdamStep.Update(
                    parameter, gradient, state.exp_avg, state.exp_avg_sq, state.step,
                    rate, options.beta1!.Value, options.beta2!.Value, options.eps!.Value);
            }
        },
        closure);

    /// <summary>Writes down what this knows, but for the options.</summary>
    public ScalarSafeAdamState GetState() =>
        AdamStep.Read([.. States().Select(entry => (entry.State.step, entry.State.exp_avg, entry.State.exp_avg_sq))]);

    /// <summary>Goes on from there.</summary>
    /// <exception cref="ArgumentException">It is the state of other parameters.</exception>
    public void SetState(ScalarSafeAdamState state)
    {
        var states = States().Select(entry => entry.State).ToArray();
        AdamStep.Write(state, [.. states.Select(own => (own.exp_avg, own.exp_avg_sq))]);
        for (var i = 0; i < states.Length; i++)
            states[i].step = state.Steps[i];
    }

    // The base class's finalizer disposes of fields that are null where its constructor was not reached, which ends the process.
    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            base.Dispose(disposing);
    }

    private IEnumerable<(State State, TorchSharp.Modules.ParamGroup Group)> States() => _parameter_groups.SelectMany(
        group => group.Parameters.Select(parameter => ((State)_state[parameter.Handle], group)));
}
