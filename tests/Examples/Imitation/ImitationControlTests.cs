using MlNetNtd.Studies.Imitation;
using MlNetNtd.Tests;
using static TorchSharp.torch;

namespace MlNetNtd.Examples.Tests;

/// <summary>The controls of the study: policies that keep both ways without an adversary.</summary>
[TestClass]
public sealed class ImitationControlTests
{
    // Before the obstacle, in the middle: the experts' two ways part here.
    private static readonly State Fork = new(2.9, 0);

    [TestMethod]
    public void Density_of_a_mixture_integrates_to_1()
    {
        using var policy = new MixturePolicy(seed: 1);

        // Up to the constant that the logarithm leaves out: ln 2 pi for two values.
        Assert.AreEqual(1, Integrate(policy, -12, 12, steps: 400) / (2 * Math.PI), 1e-2);
    }

    [TestMethod]
    public void Probabilities_of_all_pairs_of_bins_sum_to_1()
    {
        var experts = Expert.CreateWalks(20, seed: 1);
        using var policy = new BinnedPolicy(experts, seed: 1);
        var (least, most) = Range(experts);
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var moves = new List<float>();
        for (var aside = 0; aside < BinnedPolicy.Bins; aside++)
        {
            for (var ahead = 0; ahead < BinnedPolicy.Bins; ahead++)
                moves.AddRange([Center(0, ahead), Center(1, aside)]);
        }

        var count = moves.Count / 2;
        var sum = policy.LogLikelihood(zeros(count, 2), tensor(moves.ToArray(), [count, 2])).exp().sum().item<float>();

        Assert.AreEqual(1, sum, 1e-4);

        float Center(int value, int bin) => least[value] + (bin + 0.5f) * (most[value] - least[value]) / BinnedPolicy.Bins;
    }

    [TestMethod]
    public void Moves_drawn_by_bins_lie_within_the_experts_moves()
    {
        var experts = Expert.CreateWalks(20, seed: 1);
        using var policy = new BinnedPolicy(experts, seed: 1);
        var (least, most) = Range(experts);

        var moves = Choose(policy, Fork, 200);

        for (var i = 0; i < moves.Length; i++)
            Assert.IsInRange(least[i % 2] - 1e-5f, most[i % 2] + 1e-5f, moves[i]);
        Assert.IsGreaterThan(1, moves.Distinct().Count());
    }

    [TestMethod]
    public void Neighbors_make_the_moves_of_the_five_nearest_states()
    {
        // Seven states at growing distances from the agent.
        var experts = Enumerable.Range(0, 7).Select(i => new Walk([new State(0, 0.01 * i), new State(9, 9)], [new Move(0.5, 0.1 * i)])).ToArray();
        var policy = new NearestNeighbors(experts);

        var chosen = Choose(policy, new State(0, 0), 300).Chunk(2).Select(move => Tokens.ToMove(move).Y).Select(aside => Math.Round(aside, 3)).Distinct().Order().ToArray();

        CollectionAssert.AreEqual(new[] { 0, 0.1, 0.2, 0.3, 0.4 }, chosen);
    }

    [TestMethod]
    public void Neighbors_of_fewer_states_than_five_are_all_of_them()
    {
        var policy = new NearestNeighbors([new Walk([new State(0, 0), new State(1, 0)], [new Move(1, 0.25)])]);

        Assert.IsTrue(Choose(policy, new State(3, 3), 10).Chunk(2).All(move => Math.Abs(Tokens.ToMove(move).Y - 0.25) < 1e-6));
    }

    [TestMethod]
    [FullRun]
    public void Likelihood_learns_both_ways_where_regression_hits_the_obstacle()
    {
        using var experiment = new Experiment(new Hyperparameters { Experts = 300, TrialWalks = 100, LikelihoodSteps = 600, FreshDiscriminatorEpochs = 1 }, seed: 1);
        using var mixture = new MixturePolicy(seed: 1);
        using var softmax = new BinnedPolicy(experiment.Experts, seed: 1);

        Likelihood.Train(experiment, mixture);
        Likelihood.Train(experiment, softmax);

        foreach (var policy in (IPolicy[])[mixture, softmax, new NearestNeighbors(experiment.Experts)])
        {
            var trial = Trial.Evaluate(experiment, policy);
            Assert.IsGreaterThan(0.9, trial.Success, policy.GetType().Name);
            Assert.IsInRange(0.3, 0.7, trial.LeftFraction, policy.GetType().Name);
        }
    }

    [TestMethod]
    public void Two_demonstrations_fill_whole_batches()
    {
        using var experiment = new Experiment(new Hyperparameters { Experts = 2, TrialWalks = 2 }, seed: 1);

        var batches = WalkBatches.Read(experiment, experiment.Rows, batchSize: 32, steps: 3, seed: 1).Select(batch => batch.Sequences.shape[0]).ToArray();

        CollectionAssert.AreEqual(new long[] { 32, 32, 32 }, batches);
    }

    private static float[] Choose(IPolicy policy, State state, int count)
    {
        var (states, moves) = (new float[2 * count], new float[2 * count]);
        for (var i = 0; i < count; i++)
            Tokens.Write(state, states.AsSpan(2 * i));
        policy.ChooseMoves(states, moves, new Random(1));
        return moves;
    }

    private static double Integrate(MixturePolicy policy, float from, float to, int steps)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var width = (to - from) / steps;
        float[] moves = [.. Enumerable.Range(0, steps * steps).SelectMany(i => new[] { from + (i / steps + 0.5f) * width, from + (i % steps + 0.5f) * width })];
        return policy.LogLikelihood(zeros(steps * steps, 2), tensor(moves, [steps * steps, 2])).exp().sum().item<float>() * width * width;
    }

    private static (float[] Least, float[] Most) Range(IReadOnlyList<Walk> experts)
    {
        var moves = experts.SelectMany(walk => Tokens.Encode(walk, 0, ObstacleWorld.Steps).Chunk(Tokens.Dimension)).Select(token => token[Tokens.StateSize..]).ToArray();
        return ([moves.Min(move => move[0]), moves.Min(move => move[1])], [moves.Max(move => move[0]), moves.Max(move => move[1])]);
    }
}
