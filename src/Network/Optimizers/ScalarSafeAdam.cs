using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>
/// Implements Adam (arXiv 1412.6980) for the parameters of any module: TorchSharp's <c>optim.Adam</c>, made safe from garbage
/// collections.
/// </summary>
/// <remarks>
/// <para>
/// TorchSharp 0.107's own optimizers create a number for each operation that a garbage collection may free while it is in use (see
/// <see cref="ScalarSafeOps"/>): in a program with several threads a step sometimes fails or computes with garbage. Otherwise this
/// class is a TorchSharp optimizer, with <c>zero_grad</c>, learning rate schedulers, <c>state_dict</c> and parameter groups, and a
/// step gives the same bits. <c>amsgrad</c> is not supported.
/// </para>
/// <para>
/// Create it when the module has its final device and type, because <c>to</c> gives a module other parameters. Parameters without a
/// gradient are not changed.
/// </para>
/// </remarks>
public class ScalarSafeAdam : Adam
{
    /// <summary>Initializes the optimizer. The parameters stay the caller's.</summary>
    /// <param name="parameters">The parameters to train, in single or double precision.</param>
    /// <param name="learningRate">The learning rate; a scheduler, or <c>ParamGroups</c>, may change it.</param>
    /// <param name="beta1">The decay of the running mean of gradients; 0.5 or 0 is usual in a GAN.</param>
    /// <param name="beta2">The decay of the running mean of squared gradients.</param>
    /// <param name="epsilon">The term added to the denominator.</param>
    /// <exception cref="ArgumentException">
    /// A value is out of range, a parameter is in half precision, or there are no parameters.
    /// </exception>
    public ScalarSafeAdam(IEnumerable<Parameter> parameters, double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8)
        : this(parameters, learningRate, beta1, beta2, epsilon, weightDecay: 0)
    {
    }

    private protected ScalarSafeAdam(
        IEnumerable<Parameter> parameters, double learningRate, double beta1, double beta2, double epsilon, double weightDecay)
        : base(AdamStep.Check(parameters), learningRate, beta1, beta2, epsilon, weightDecay) =>
        AdamStep.MakeUsable(States().Select(entry => ((OptimizerState)entry.State, (OptimizerOptions)entry.Group.Options)));

    /// <summary>Updates the parameters from their gradients.</summary>
    /// <param name="closure">Computes the loss and its gradients; null if the gradients are already computed.</param>
    /// <returns>The result of <paramref name="closure"/>; null without one.</returns>
    /// <exception cref="InvalidOperationException">The module was moved or cast after the optimizer was created.</exception>
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
                gradient = DecayWeights(parameter, gradient, rate, options.weight_decay ?? 0);
                AdamStep.Update(
                    parameter, gradient, state.exp_avg, state.exp_avg_sq, state.step,
                    rate, options.beta1!.Value, options.beta2!.Value, options.eps!.Value);
            }
        },
        closure);

    /// <summary>Copies the optimizer's state, without its options.</summary>
    public ScalarSafeAdamState GetState() =>
        AdamStep.Read([.. States().Select(entry => (entry.State.step, entry.State.exp_avg, entry.State.exp_avg_sq))]);

    /// <summary>Restores the optimizer's state.</summary>
    /// <param name="state">The state of an optimizer of parameters with the same numbers of values.</param>
    /// <exception cref="ArgumentException">The state belongs to other parameters.</exception>
    public void SetState(ScalarSafeAdamState state)
    {
        var states = States().Select(entry => entry.State).ToArray();
        AdamStep.Write(state, [.. states.Select(item => (item.exp_avg, item.exp_avg_sq))]);
        for (var i = 0; i < states.Length; i++)
            states[i].step = state.Steps[i];
    }

    /// <summary>Applies weight decay before a step: adds the weights to the gradient, as an L2 penalty does.</summary>
    /// <param name="parameter">The parameter, which another kind of decay may change in place.</param>
    /// <param name="gradient">The parameter's gradient, which is not changed.</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="weightDecay">The weight decay; 0 is none.</param>
    /// <returns>The gradient of the step.</returns>
    private protected virtual Tensor DecayWeights(Parameter parameter, Tensor gradient, double rate, double weightDecay) =>
        weightDecay == 0 ? gradient : gradient.clone().Add_(parameter, weightDecay);

    // The base class's finalizer disposes fields that are null if its constructor did not complete, which would end the process.
    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            base.Dispose(disposing);
    }

    private IEnumerable<(State State, TorchSharp.Modules.ParamGroup Group)> States() => _parameter_groups.SelectMany(
        group => group.Parameters.Select(parameter => ((State)_state[parameter.Handle], group)));
}
