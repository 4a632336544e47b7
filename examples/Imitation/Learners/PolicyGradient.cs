using static TorchSharp.torch;

namespace MlNetNtd.Examples.Imitation;

/// <summary>
/// Policy gradient with a learned baseline (generalised advantages, arXiv 1506.02438) and clipped steps (arXiv 1707.06347).
/// What the policy says is the mean of a normal distribution while it explores.
/// </summary>
internal sealed class PolicyGradient : IDisposable
{
    private const int Epochs = 4;
    private const double Clip = 0.2;
    private const double BaselineRate = 3e-3;
    private const double Discount = 0.95;
    private const double Trace = 0.95;

    private readonly PolicyNetwork _policy;
    private readonly Perceptron _baseline;
    private readonly PolicyLearner _policyLearner;
    private readonly PolicyLearner _baselineLearner;
    private readonly double _exploration;

    public PolicyGradient(PolicyNetwork policy, Recipe recipe, int seed)
    {
        var steps = recipe.OnPolicyRounds * Epochs;
        _policy = policy;
        _exploration = recipe.Exploration;
        _baseline = new Perceptron(Tokens.StateSize, 1, seed);
        _policyLearner = new PolicyLearner(policy, recipe.OnPolicyRate, steps, momentum: 0);
        _baselineLearner = new PolicyLearner(_baseline, BaselineRate, steps);
    }

    /// <summary>A few steps on roll-outs.</summary>
    /// <param name="rollouts">Walks of the policy as it is.</param>
    /// <param name="rewards">A reward a step, (T, N), row-major.</param>
    /// <param name="onlyBaseline">Whether the policy stays as it is.</param>
    public void Learn(Rollouts rollouts, float[] rewards, bool onlyBaseline = false)
    {
        using var scope = NewDisposeScope();
        long[] shape = [Course.Steps, rollouts.Walks.Count, 2];
        var (states, noise, moves) = (tensor(rollouts.States, shape), tensor(rollouts.Noise, [.. shape[..^1], PolicyNetwork.NoiseSize]), tensor(rollouts.Moves, shape));
        var (advantages, returns) = Advantages(states, rewards);
        using (no_grad())
            advantages = advantages.sub(advantages.mean()).div(advantages.std().add(1e-6));
        Tensor? before = null;
        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            using var step = NewDisposeScope();
            var likelihood = LogLikelihood(_policy.forward(states, noise), moves);
            before ??= likelihood.detach().MoveToOuterDisposeScope();
            var ratio = likelihood.sub(before).exp();
            var clipped = ratio.clamp(1 - Clip, 1 + Clip);
            if (!onlyBaseline)
                _policyLearner.Step(minimum(ratio.mul(advantages), clipped.mul(advantages)).mean().neg());
            _baselineLearner.Step(_baseline.forward(states).squeeze(-1).sub(returns).square().mean());
        }
    }

    public void Dispose()
    {
        _policyLearner.Dispose();
        _baselineLearner.Dispose();
        _baseline.Dispose();
    }

    // Up to a constant, (T, N).
    private Tensor LogLikelihood(Tensor wanted, Tensor made) =>
        made.sub(wanted).square().sum(-1).div(-2 * _exploration * _exploration);

    // (T, N) both. Behind the last step there is nothing to win.
    private (Tensor Advantages, Tensor Returns) Advantages(Tensor states, float[] rewards)
    {
        using var quiet = no_grad();
        var values = _baseline.forward(states).squeeze(-1).data<float>().ToArray();
        var (walks, advantages) = (rewards.Length / Course.Steps, new float[rewards.Length]);
        for (var at = rewards.Length - 1; at >= 0; at--)
        {
            var next = at + walks;
            var last = next >= rewards.Length;
            var surprise = rewards[at] + (last ? 0 : Discount * values[next]) - values[at];
            advantages[at] = (float)(surprise + (last ? 0 : Discount * Trace * advantages[next]));
        }

        long[] shape = [Course.Steps, walks];
        var found = tensor(advantages, shape);
        return (found, found.add(tensor(values, shape)));
    }
}
