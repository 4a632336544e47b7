using MlNetNtd.Studies.Imitation;
using MlNetNtd.Tests;
using static TorchSharp.torch;

namespace MlNetNtd.Examples.Tests;

/// <summary>The learners of the study at a reduced size.</summary>
[TestClass]
public sealed class ImitationLearnerTests
{
    // Enough for the direction; the program's own sizes are for its figures.
    private static Hyperparameters Small => new() { Experts = 300, TrialWalks = 200, CloningSteps = 300, AdversarialSteps = 700, FreshDiscriminatorEpochs = 1 };

    [TestMethod]
    [FullRun]
    public void Regression_hits_the_obstacle_and_adversarial_training_avoids_it()
    {
        using var experiment = new Experiment(Small, seed: 1);
        using var cloning = new PolicyNetwork(seed: 1);
        using var adversarial = new PolicyNetwork(seed: 1);

        Cloning.Train(experiment, cloning);
        using var adversary = Adversarial.Train(experiment, adversarial);

        var (cloned, learned) = (Success(cloning), Success(adversarial));
        Assert.IsLessThan(0.5, cloned);
        Assert.IsGreaterThan(cloned + 0.1, learned);
    }

    [TestMethod]
    [FullRun]
    public void Policy_gradient_moves_towards_the_reward()
    {
        var hyperparameters = new Hyperparameters { OnPolicyRounds = 150, OnPolicyRate = 5e-4 };
        using var policy = new PolicyNetwork(seed: 1);
        using var learner = new PolicyGradient(policy, hyperparameters, seed: 2);
        var random = new Random(3);
        var before = Distance(Walk());
        for (var i = 0; i < hyperparameters.OnPolicyRounds; i++)
        {
            var rollouts = Walk();
            // A step of (1, -1), as tokens hold it, is best.
            learner.Learn(rollouts, [.. rollouts.Moves.Chunk(2).Select(move => -Squared(move))], hyperparameters.Exploration);
        }

        var after = Distance(Walk());
        Assert.IsLessThan(0.6 * before, after);

        Rollouts Walk() => Rollouts.Run(policy, ObstacleWorld.Starts(32, random), hyperparameters.Exploration, random);
        static double Distance(Rollouts rollouts) => rollouts.Moves.Chunk(2).Average(Squared);
        static float Squared(float[] move) => (move[0] - 1) * (move[0] - 1) + (move[1] + 1) * (move[1] + 1);
    }

    [TestMethod]
    public void Rewards_align_with_their_steps()
    {
        using var experiment = new Experiment(Small with { Experts = 2, TrialWalks = 2 }, seed: 1);
        using var adversary = experiment.CreateAdversary(OnPolicy.Stretch);
        adversary.eval();
        var walks = Expert.CreateWalks(3, seed: 2);
        var rewards = OnPolicy.ComputeRewards(experiment, adversary, new WalkRows(experiment.Context, OnPolicy.Stretch).ToView(walks, byExpert: false));

        Assert.HasCount(ObstacleWorld.Steps * walks.Count, rewards);
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        // The second stretch of the third walk, by the network itself.
        using var module = new NextTokenDiscriminator(Tokens.Dimension, OnPolicy.Stretch);
        var tokens = tensor(Tokens.Encode(walks[2], OnPolicy.Stretch, OnPolicy.Stretch), [1, OnPolicy.Stretch, Tokens.Dimension]);
        var expected = adversary.forward(module.call(tokens, tokens).Item1, null).data<float>().ToArray();
        for (var i = 0; i < OnPolicy.Stretch; i++)
            Assert.AreEqual(expected[i], rewards[(OnPolicy.Stretch + i) * walks.Count + 2], 1e-5f);
    }

    [TestMethod]
    public void Rollouts_follow_the_policy_and_the_seed()
    {
        using var policy = new PolicyNetwork(seed: 1);
        var (one, again) = (Walk(1), Walk(1));

        CollectionAssert.AreEqual(one.Moves, again.Moves);
        CollectionAssert.AreNotEqual(one.Moves, Walk(2).Moves);
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        long[] shape = [ObstacleWorld.Steps, 4, 2];
        var wanted = policy.forward(tensor(one.States, shape), tensor(one.Noise, shape)).data<float>().ToArray();
        for (var i = 0; i < wanted.Length; i++)
            Assert.AreEqual(wanted[i], one.Moves[i], 1e-5f);

        Rollouts Walk(int seed) => Rollouts.Run(policy, ObstacleWorld.Starts(4, new Random(5)), exploration: 0, new Random(seed));
    }

    private static double Success(PolicyNetwork policy)
    {
        var random = new Random(9);
        return Rollouts.Run(policy, ObstacleWorld.Starts(300, random), exploration: 0, random).Walks.Average(walk => walk.Succeeded ? 1.0 : 0);
    }
}
