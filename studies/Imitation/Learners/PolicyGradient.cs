using static TorchSharp.torch;

namespace MlNetNtd.Studies.Imitation;

/// <summary>
/// Policy gradient with a learned baseline (generalized advantages, arXiv 1506.02438) and clipped steps (arXiv 1707.06347).
/// While it explores, the policy's output is the mean of a normal distribution.
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

    public PolicyGradient(PolicyNetwork policy, Hyperparameters hyperparameters, int seed)
    {
        var steps = hyperparameters.OnPolicyRounds * Epochs;
        _policy = policy;
        _baseline = new Perceptron(Tokens.StateSize + 1, 1, seed);
        _policyLearner = new PolicyLearner(policy, hyperparameters.OnPolicyRate, steps, momentum: 0);
        _baselineLearner = new PolicyLearner(_baseline, BaselineRate, steps);
    }

    /// <summary>A few steps on roll-outs.</summary>
    /// <param name="rollouts">Walks of the policy as it is.</param>
    /// <param name="rewards">A reward a step, (T, N), row-major.</param>
    /// <param name="exploration">The deviation of the noise added to its moves, in token units.</param>
    /// <param name="onlyBaseline">Whether the policy stays as it is.</param>
    public void Learn(Rollouts rollouts, float[] rewards, double exploration, bool onlyBaseline = false)
    {
        using var scope = NewDisposeScope();
        long[] shape = [ObstacleWorld.Steps, rollouts.Walks.Count, 2];
        var (states, noise, moves) = (tensor(rollouts.States, shape), tensor(rollouts.Noise, [.. shape[..^1], PolicyNetwork.NoiseSize]), tensor(rollouts.Moves, shape));
        var seen = cat([states, Times(rollouts.Walks.Count)], -1);
        var (advantages, returns) = Advantages(seen, rewards);
        var weights = Weights(advantages, rollouts.Walks);
        Tensor? before = null;
        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            using var step = NewDisposeScope();
            var likelihood = LogLikelihood(_policy.forward(states, noise), moves, exploration);
            before ??= likelihood.detach().MoveToOuterDisposeScope();
            var ratio = likelihood.sub(before).exp();
            var clipped = ratio.Clamp(1 - Clip, 1 + Clip);
            if (!onlyBaseline)
                _policyLearner.Step(minimum(ratio.mul(weights), clipped.mul(weights)).mean().neg());
            _baselineLearner.Step(_baseline.forward(seen).squeeze(-1).sub(returns).Square().mean());
        }
    }

    public void Dispose()
    {
        _policyLearner.Dispose();
        _baselineLearner.Dispose();
        _baseline.Dispose();
    }

    // Up to a constant, (T, N).
    private static Tensor LogLikelihood(Tensor wanted, Tensor made, double exploration) =>
        made.sub(wanted).Square().sum(-1).Mul(-1 / (2 * exploration * exploration));

    // (T, N, 1), of about one unit: what there is left to win hangs on it.
    private static Tensor Times(int walks)
    {
        float[] times = [.. Enumerable.Range(0, ObstacleWorld.Steps).Select(i => 3f * i / (ObstacleWorld.Steps - 1) - 1.5f)];
        return tensor(times, [ObstacleWorld.Steps, 1, 1]).expand(ObstacleWorld.Steps, walks, 1);
    }

    // (T, N): advantages of mean 0 and deviation 1 over the steps of agents that are not stuck.
    private static Tensor Weights(float[] advantages, IReadOnlyList<Walk> walks)
    {
        bool[] free = [.. Enumerable.Range(0, advantages.Length).Select(at => !walks[at % walks.Count].States[at / walks.Count].Stuck)];
        double[] counted = [.. advantages.Where((_, at) => free[at]).Select(advantage => (double)advantage)];
        var mean = counted.DefaultIfEmpty(0).Average();
        var deviation = Math.Sqrt(counted.Select(advantage => (advantage - mean) * (advantage - mean)).DefaultIfEmpty(0).Average()) + 1e-6;
        float[] weights = [.. advantages.Select((advantage, at) => free[at] ? (float)((advantage - mean) / deviation) : 0)];
        return tensor(weights, [ObstacleWorld.Steps, walks.Count]);
    }

    // (T, N) both. Behind the last step there is nothing to win.
    private (float[] Advantages, Tensor Returns) Advantages(Tensor seen, float[] rewards)
    {
        using var quiet = no_grad();
        var values = _baseline.forward(seen).squeeze(-1).data<float>().ToArray();
        var (walks, advantages, returns) = (rewards.Length / ObstacleWorld.Steps, new float[rewards.Length], new float[rewards.Length]);
        for (var at = rewards.Length - 1; at >= 0; at--)
        {
            var next = at + walks;
            var last = next >= rewards.Length;
            var surprise = rewards[at] + (last ? 0 : Discount * values[next]) - values[at];
            advantages[at] = (float)(surprise + (last ? 0 : Discount * Trace * advantages[next]));
            returns[at] = advantages[at] + values[at];
        }

        return (advantages, tensor(returns, [ObstacleWorld.Steps, walks]));
    }
}
