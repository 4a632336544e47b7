using FsCheck.Fluent;
using MlNetNtd.Studies.Imitation;
using MlNetNtd.Tests;

namespace MlNetNtd.Examples.Tests;

/// <summary>The plane, the experts and their walks as tokens.</summary>
[TestClass]
public sealed class ImitationWorldTests
{
    [TestMethod]
    public void Step_never_ends_inside_an_obstacle_and_is_whole_without_contact() => Property.Check(
        from x in Gen.Choose(-100, 1100)
        from y in Gen.Choose(-500, 500)
        from moveX in Gen.Choose(-70, 70)
        from moveY in Gen.Choose(-70, 70)
        select (From: new State(x / 100.0, y / 100.0), Move: new Move(moveX / 100.0, moveY / 100.0)),
        one =>
        {
            if (Inside(one.From, 0))
                return;
            var end = ObstacleWorld.Step(one.From, one.Move);
            Assert.IsFalse(Inside(end, 1e-9));
            if (!end.Stuck)
            {
                Assert.AreEqual(one.From.X + one.Move.X, end.X, 1e-12);
                Assert.AreEqual(one.From.Y + one.Move.Y, end.Y, 1e-12);
            }
        });

    [TestMethod]
    public void Walker_that_hits_an_obstacle_stays_there()
    {
        var stuck = ObstacleWorld.Step(new State(3.5, 0), new Move(1, 0));
        var edge = ObstacleWorld.Obstacles[0].X - ObstacleWorld.Obstacles[0].Radius;

        Assert.IsTrue(stuck.Stuck);
        Assert.AreEqual(edge, stuck.X, 1e-12);
        Assert.AreEqual(stuck, ObstacleWorld.Step(stuck, new Move(-1, 0)));
    }

    [TestMethod]
    public void No_step_is_longer_than_one()
    {
        var end = ObstacleWorld.Step(new State(0, 0), new Move(3, 4));

        Assert.AreEqual(0.6, end.X, 1e-12);
        Assert.AreEqual(0.8, end.Y, 1e-12);
    }

    [TestMethod]
    public void Experts_pass_on_both_sides_equally_often()
    {
        var walks = Expert.CreateWalks(1000, seed: 1);

        Assert.IsGreaterThan(970, walks.Count(walk => walk.Succeeded));
        Assert.IsInRange(440, 560, walks.Count(walk => walk.PassedLeft == true));
        // Which side cannot be told where the walk begins.
        Assert.IsInRange(0.4, 0.6, walks.Where(walk => walk.States[0].Y > 0).Average(walk => walk.PassedLeft == true ? 1.0 : 0));
    }

    [TestMethod]
    public void Seed_decides_the_experts()
    {
        CollectionAssert.AreEqual(Ends(1), Ends(1));
        CollectionAssert.AreNotEqual(Ends(1), Ends(2));

        static State[] Ends(int seed) => [.. Expert.CreateWalks(10, seed).Select(walk => walk.States[^1])];
    }

    [TestMethod]
    public void Walk_that_misses_the_gate_or_hits_an_obstacle_fails()
    {
        Assert.IsTrue(Ending(new State(10, 0.9)).Succeeded);
        Assert.IsFalse(Ending(new State(10, 1.1)).Succeeded);
        Assert.IsFalse(Ending(new State(8, 0)).Succeeded);
        Assert.IsFalse(Ending(new State(10, 0, Stuck: true)).Succeeded);
        Assert.IsNull(Ending(new State(4, 0, Stuck: true)).PassedLeft);
        Assert.AreEqual(true, Ending(new State(6, 1.7)).PassedLeft);
        Assert.AreEqual(false, Ending(new State(6, -1.7)).PassedLeft);

        static Walk Ending(State state) => new([new State(0, 0), state], [new Move(1, 0)]);
    }

    [TestMethod]
    public void Tokens_encode_states_and_moves()
    {
        var walk = Expert.CreateWalks(1, seed: 1)[0];
        var tokens = Tokens.Encode(walk, 3, 5);

        Assert.HasCount(5 * Tokens.Dimension, tokens);
        var move = Tokens.ToMove(tokens.AsSpan(Tokens.Dimension + Tokens.StateSize, Tokens.MoveSize));
        Assert.AreEqual(walk.Moves[4].X, move.X, 1e-6);
        Assert.AreEqual(walk.Moves[4].Y, move.Y, 1e-6);
        // About one unit: what a network begins with.
        Assert.IsTrue(tokens.All(value => Math.Abs(value) < 3));
    }

    private static bool Inside(State state, double tolerance) => ObstacleWorld.Obstacles.Any(obstacle =>
        Math.Sqrt(Math.Pow(state.X - obstacle.X, 2) + Math.Pow(state.Y - obstacle.Y, 2)) < obstacle.Radius - tolerance);
}
