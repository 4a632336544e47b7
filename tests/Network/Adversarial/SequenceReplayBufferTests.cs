using FsCheck.Fluent;
using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>The replay buffer mixes generated sequences of earlier steps with new ones.</summary>
[TestClass]
public sealed class SequenceReplayBufferTests
{
    [TestMethod]
    public void Each_row_is_new_or_replayed_within_the_given_fraction() => Property.Check(
        from capacity in Gen.Choose(1, 12)
        from rows in Gen.Choose(1, 8)
        from steps in Gen.Choose(1, 6)
        from share in Gen.Elements(0, 0.25, 0.5, 1)
        from seed in Gen.Choose(0, 1000)
        select (capacity, rows, steps, share, seed),
        one =>
        {
            using var scope = NewDisposeScope();
            using var replay = new SequenceReplayBuffer(one.capacity, one.seed);
            var seen = new HashSet<float>();
            for (var step = 0; step < one.steps; step++)
            {
                // Each row has a value of its own.
                var values = Enumerable.Range(0, one.rows).Select(row => 1f + step * one.rows + row).ToArray();
                var before = replay.Count;
                var mixed = replay.Mix(tensor(values, [one.rows, 1, 1]).expand(one.rows, 2, 3), one.share);

                CollectionAssert.AreEqual(new long[] { one.rows, 2, 3 }, mixed.shape);
                var found = mixed.narrow(1, 0, 1).narrow(2, 0, 1).contiguous().data<float>().ToArray();
                var old = Enumerable.Range(0, one.rows).Where(row => found[row] != values[row]).ToArray();
                Assert.HasCount(Math.Min(before, (int)Math.Round(one.share * one.rows)), old);
                Assert.IsTrue(old.All(row => seen.Contains(found[row])));
                Assert.HasCount(old.Length, old.Select(row => found[row]).Distinct());
                seen.UnionWith(values);
                Assert.AreEqual(Math.Min(one.capacity, before + one.rows), replay.Count);
            }
        });

    [TestMethod]
    public void Replayed_rows_have_no_gradient_and_outlive_every_scope()
    {
        using var replay = new SequenceReplayBuffer(4);
        using (NewDisposeScope())
            Assert.IsFalse(replay.Mix(ones(2, 4, 3, requires_grad: true)).requires_grad);
        using (NewDisposeScope())
            Assert.AreEqual(1, replay.Mix(zeros(2, 4, 3), fraction: 1).mean().item<float>());
    }

    /// <summary>Places in the batch, places in what is kept: each may be any.</summary>
    [TestMethod]
    public void Any_row_can_be_replaced_by_any_kept_row()
    {
        using var scope = NewDisposeScope();
        var (places, shown, kept) = (new HashSet<int>(), new HashSet<float>(), new HashSet<float>());
        for (var seed = 0; seed < 200; seed++)
        {
            using var replay = new SequenceReplayBuffer(4, seed);
            replay.Mix(tensor(new float[] { 1, 2, 3, 4 }, [4, 1, 1]));
            var mixed = replay.Mix(tensor(new float[] { 5, 6, 7, 8 }, [4, 1, 1]), fraction: 0.25).data<float>().ToArray();
            var place = Array.FindIndex(mixed, value => value < 5);
            places.Add(place);
            shown.Add(mixed[place]);
            // All of the new ones took the places of the old ones; of two more, two are gone.
            replay.Mix(tensor(new float[] { 9, 10 }, [2, 1, 1]), fraction: 0);
            float[] now = [.. replay.Mix(zeros(4, 1, 1), fraction: 1).data<float>()];
            Assert.IsTrue(now.Contains(9) && now.Contains(10));
            kept.UnionWith(now);
        }

        CollectionAssert.AreEquivalent(new[] { 0, 1, 2, 3 }, places.ToArray());
        CollectionAssert.AreEquivalent(new float[] { 1, 2, 3, 4 }, shown.ToArray());
        CollectionAssert.AreEquivalent(new float[] { 5, 6, 7, 8, 9, 10 }, kept.ToArray());
    }

    /// <summary>Each row has as many real tokens as its values say, wherever it comes back; rows before the first padded one had nothing but real ones.</summary>
    [TestMethod]
    public void Replayed_row_keeps_its_own_real_tokens() => Property.Check(
        from capacity in Gen.Choose(1, 8)
        from lengths in Gen.ArrayOf(Gen.ArrayOf(Gen.Choose(1, 3), 4), 5)
        from seed in Gen.Choose(0, 1000)
        select (capacity, lengths, seed),
        one =>
        {
            using var scope = NewDisposeScope();
            using var replay = new SequenceReplayBuffer(one.capacity, one.seed);
            Assert.IsTrue(replay.Mix(Rows([3, 3]), null).Tokens is null, "While nothing is padded.");
            foreach (var lengths in one.lengths)
            {
                var isPadded = lengths.Any(length => length < 3);
                var (mixed, tokens) = replay.Mix(Rows(lengths), isPadded ? Real(lengths) : null);
                if (tokens is null)
                {
                    Assert.IsFalse(isPadded);
                    continue;
                }

                int[] expected = [.. mixed.select(1, 0).select(1, 0).contiguous().data<float>().Select(value => (int)value)];
                Tensors.Close(Real(expected), tokens, 0, "tokens");
            }
        });

    // (B, 2 * 3, 1), each value the row's number of tokens.
    private static Tensor Rows(int[] lengths) =>
        tensor(lengths.Select(length => (float)length).ToArray(), [lengths.Length, 1, 1]).expand(lengths.Length, 6, 1);

    private static Tensor Real(int[] lengths) =>
        tensor(lengths.SelectMany(length => new[] { 0, 1, 2 }.Select(time => time < length ? 1f : 0f)).ToArray(), [lengths.Length, 3]);

    [TestMethod]
    public void Same_seed_replays_the_same_rows()
    {
        CollectionAssert.AreEqual(Draw(1), Draw(1));
        CollectionAssert.AreNotEqual(Draw(1), Draw(2));

        static float[] Draw(int seed)
        {
            using var scope = NewDisposeScope();
            using var replay = new SequenceReplayBuffer(16, seed);
            replay.Mix(arange(16, float32).reshape(16, 1, 1));
            return replay.Mix(zeros(16, 1, 1)).data<float>().ToArray();
        }
    }

    /// <summary>Generators often run under inference_mode; what is learned from what they gave does not.</summary>
    [TestMethod]
    public void Buffer_works_in_inference_mode_and_outside()
    {
        using var scope = NewDisposeScope();
        using var replay = new SequenceReplayBuffer(4);
        Tensor first;
        using (inference_mode())
            first = replay.Mix(ones(2, 4, 3));
        replay.Mix(zeros(2, 4, 3));
        using (inference_mode())
            replay.Mix(zeros(2, 4, 3));

        var weight = ones(1, requires_grad: true);
        replay.Mix(first).mul(weight).sum().backward();
        Assert.IsNotNull(weight.grad);
        Assert.AreEqual(4, replay.Count);
    }

    [TestMethod]
    public void Rows_of_another_type_or_with_non_finite_values_are_refused_and_not_kept()
    {
        using var scope = NewDisposeScope();
        using var replay = new SequenceReplayBuffer(4);
        replay.Mix(ones(1, 4, 3));
        var broken = ones(3, 4, 3);
        broken[2, 1, 1] = tensor(float.PositiveInfinity);

        Expect.Error<ArgumentException>(() => replay.Mix(ones(2, 4, 3, dtype: ScalarType.Float64)), "(4, 3), Float32 on cpu", "(4, 3), Float64 on cpu");
        Expect.Error<ArgumentException>(() => replay.Mix(broken), "sequences, row 2", "finite");

        Assert.AreEqual(1, replay.Count);
    }

    [TestMethod]
    public void Invalid_arguments_are_refused()
    {
        Expect.Error<ArgumentOutOfRangeException>(() => new SequenceReplayBuffer(0).Dispose(), "capacity");
        using var scope = NewDisposeScope();
        using var replay = new SequenceReplayBuffer(4);
        Expect.Error<ArgumentOutOfRangeException>(() => replay.Mix(ones(2, 4, 3), 1.5), "fraction");
        replay.Mix(ones(2, 4, 3));
        Expect.Error<ArgumentException>(() => replay.Mix(ones(2, 6, 3)), "(4, 3)", "(6, 3)");
    }
}
