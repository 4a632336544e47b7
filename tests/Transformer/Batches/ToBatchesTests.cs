using FsCheck.Fluent;
using Microsoft.ML;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>Batches of tensors for a custom training loop.</summary>
[TestClass]
public sealed class ToBatchesTests
{
    private const int Dimension = 3;
    private static readonly float[] Initial = [7, 8, 9];

    [TestMethod]
    public void Rows_of_one_length_come_as_B_2T_C_with_one_mask() => Property.Check(
        from rows in Gen.Choose(0, 12)
        from tokens in Gen.Choose(1, 6)
        from batchSize in Gen.Choose(1, 5)
        select (rows, tokens, batchSize),
        input =>
        {
            var pairs = Sequences.Pairs(input.rows, input.tokens, Dimension);
            using var transformer = Fit(Views.Known(pairs, input.tokens, Dimension));

            var row = 0;
            foreach (var batch in transformer.ToBatches(Views.Known(pairs, input.tokens, Dimension), new() { BatchSize = input.batchSize }))
            {
                using (batch)
                {
                    var expected = pairs.Skip(row).Take(input.batchSize).ToArray();
                    Expect.Same([expected.Length, 2 * input.tokens, Dimension], batch.Sequences.shape);
                    Expect.Same([2 * input.tokens, 2 * input.tokens], batch.Mask.shape);
                    Expect.SameBits(expected.SelectMany(pair => Reference.Combined(Initial, pair)).ToArray(), batch.Sequences.Floats());
                    Expect.Same<bool>(Reference.Blocked(input.tokens), batch.Mask.Bools());
                    Assert.AreEqual(expected.Length, batch.Rows);
                    row += batch.Rows;
                }
            }

            Assert.AreEqual(input.rows, row);
        });

    [TestMethod]
    public void Rows_of_different_lengths_are_padded_to_the_longest_and_have_a_mask_each()
    {
        SequencePair[] pairs = [.. new[] { 2, 4, 1 }.Select((tokens, seed) => Sequences.Pair(new Random(seed), tokens, Dimension))];
        using var transformer = Fit(Views.Unknown(pairs));

        using var batch = transformer.ToBatches(Views.Unknown(pairs)).Single();

        Expect.Same([3, 8, Dimension], batch.Sequences.shape);
        Expect.Same([3, 8, 8], batch.Mask.shape);
        Expect.Same<long>([2, 4, 1], batch.TokenCounts.data<long>().ToArray());
        Expect.SameBits(pairs.SelectMany(pair => Reference.Combined(Initial, pair, paddedTokens: 4)).ToArray(), batch.Sequences.Floats());
        Expect.Same<bool>(new[] { 2, 4, 1 }.SelectMany(tokens => Reference.Blocked(tokens, 4)).ToArray(), batch.Mask.Bools());
    }

    [TestMethod]
    [DataRow(MaskKind.Blocked)]
    [DataRow(MaskKind.Allowed)]
    [DataRow(MaskKind.Additive)]
    public void Batch_has_its_mask_kind_and_token_mask(MaskKind kind)
    {
        SequencePair[] pairs = [.. new[] { 2, 4, 1, 4 }.Select((tokens, seed) => Sequences.Pair(new Random(seed), tokens, Dimension))];
        using var transformer = Fit(Views.Unknown(pairs), options => options.MaskKind = kind);

        using var batch = transformer.ToBatches(Views.Unknown(pairs)).Single();

        Assert.AreEqual(kind, batch.MaskKind);
        Expect.Same([4, 4], batch.RealTokens!.shape);
        Expect.SameBits([1, 1, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1, 1], batch.RealTokens!.Floats());
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Rows_of_one_length_have_padding_where_the_transform_pads(bool pads)
    {
        var pairs = Sequences.Pairs(2, 2, Dimension);
        using var transformer = Fit(Views.Unknown(pairs), options => (options.PadToMaxTokens, options.MaxTokens) = (pads, 3));

        using var batch = transformer.ToBatches(Views.Unknown(pairs)).Single();

        if (pads)
            Expect.SameBits([1, 1, 0, 1, 1, 0], batch.RealTokens!.Floats());
        else
            Assert.IsTrue(batch.RealTokens is null);
    }

    [TestMethod]
    public void Additive_masks_are_made_per_row()
    {
        SequencePair[] pairs = [.. new[] { 2, 4, 1 }.Select((tokens, seed) => Sequences.Pair(new Random(seed), tokens, Dimension))];
        using var transformer = Fit(Views.Unknown(pairs), options => options.MaskKind = MaskKind.Additive);

        using var batch = transformer.ToBatches(Views.Unknown(pairs)).Single();

        Expect.Same([3, 8, 8], batch.Mask.shape);
        Expect.SameBits(
            [.. new[] { 2, 4, 1 }.SelectMany(tokens => Reference.Blocked(tokens, 4)).Select(blocked => blocked ? float.NegativeInfinity : 0)],
            batch.Mask.Floats());
    }

    [TestMethod]
    public void Padding_transform_pads_its_batches_to_the_same_length()
    {
        SequencePair[] pairs = [.. new[] { 2, 2 }.Select((tokens, seed) => Sequences.Pair(new Random(seed), tokens, Dimension))];
        using var transformer = Fit(Views.Unknown(pairs), options => (options.PadToMaxTokens, options.MaxTokens) = (true, 5));

        using var batch = transformer.ToBatches(Views.Unknown(pairs)).Single();

        Expect.Same([2, 10, Dimension], batch.Sequences.shape);
        Expect.Same([10, 10], batch.Mask.shape);
        Expect.SameBits(pairs.SelectMany(pair => Reference.Combined(Initial, pair, paddedTokens: 5)).ToArray(), batch.Sequences.Floats());
    }

    [TestMethod]
    public void Mask_has_the_kind_of_the_transform()
    {
        var pairs = Sequences.Pairs(1, 3, Dimension);
        using var allowed = Fit(Views.Known(pairs, 3, Dimension), options => options.MaskKind = MaskKind.Allowed);
        using var additive = Fit(Views.Known(pairs, 3, Dimension), options => options.MaskKind = MaskKind.Additive);

        using var one = allowed.ToBatches(Views.Known(pairs, 3, Dimension)).Single();
        using var other = additive.ToBatches(Views.Known(pairs, 3, Dimension)).Single();

        Expect.Same<bool>(Reference.Allowed(3), one.Mask.Bools());
        Expect.SameBits(Reference.Additive(3), other.Mask.Floats());
    }

    [TestMethod]
    public void Sparse_vectors_give_the_same_batch()
    {
        var pairs = Sequences.Pairs(4, 3, Dimension);
        using var transformer = Fit(Views.Known(pairs, 3, Dimension));

        using var batch = transformer.ToBatches(Views.Known(pairs, 3, Dimension, sparse: true)).Single();

        Expect.SameBits(pairs.SelectMany(pair => Reference.Combined(Initial, pair)).ToArray(), batch.Sequences.Floats());
    }

    [TestMethod]
    public void Scalar_columns_keep_their_types()
    {
        var pairs = Sequences.Pairs(5, 2, Dimension);
        using var transformer = Fit(Views.Known(pairs, 2, Dimension));
        var view = Views.Known(pairs, 2, Dimension).WithEveryKindOfColumn()
            .Scalar("Weight", NumberDataViewType.Single, row => row / 2f);

        using var batch = transformer.ToBatches(view, new() { ScalarColumnNames = ["Number", "Flag", "Weight", "Key"] }).Single();

        Expect.Same<int>([0, 1, 2, 3, 4], batch.Scalars["Number"].data<int>().ToArray());
        Expect.Same<bool>([true, false, true, false, true], batch.Scalars["Flag"].Bools());
        Expect.SameBits([0, 0.5f, 1, 1.5f, 2], batch.Scalars["Weight"].Floats());
        // Keys count from 1, and 0 is a missing one.
        Expect.Same<long>([-1, 0, 1, 2, 3], batch.Scalars["Key"].data<long>().ToArray());
    }

    [TestMethod]
    public void Every_number_type_of_tensors_is_kept()
    {
        var pairs = Sequences.Pairs(3, 2, Dimension);
        using var transformer = Fit(Views.Known(pairs, 2, Dimension));
        var view = Views.Known(pairs, 2, Dimension)
            .Scalar("SByte", NumberDataViewType.SByte, row => (sbyte)(sbyte.MinValue + row))
            .Scalar("Byte", NumberDataViewType.Byte, row => (byte)(byte.MaxValue - row))
            .Scalar("Int16", NumberDataViewType.Int16, row => (short)(short.MinValue + row))
            .Scalar("Int64", NumberDataViewType.Int64, row => long.MinValue + row)
            .Scalar("Double", NumberDataViewType.Double, row => 0.1 + row);

        using var batch = transformer.ToBatches(view, new() { ScalarColumnNames = ["SByte", "Byte", "Int16", "Int64", "Double"] }).Single();

        Expect.Same<sbyte>([-128, -127, -126], batch.Scalars["SByte"].data<sbyte>().ToArray());
        Expect.Same<byte>([255, 254, 253], batch.Scalars["Byte"].data<byte>().ToArray());
        Expect.Same<short>([-32768, -32767, -32766], batch.Scalars["Int16"].data<short>().ToArray());
        Expect.Same<long>([long.MinValue, long.MinValue + 1, long.MinValue + 2], batch.Scalars["Int64"].data<long>().ToArray());
        Expect.Same<double>([0.1, 1.1, 2.1], batch.Scalars["Double"].data<double>().ToArray());
    }

    [TestMethod]
    [DataRow("UInt16")]
    [DataRow("UInt32")]
    [DataRow("UInt64")]
    public void Number_type_without_a_tensor_type_is_refused(string name)
    {
        var pairs = Sequences.Pairs(1, 2, Dimension);
        using var transformer = Fit(Views.Known(pairs, 2, Dimension));
        var view = Views.Known(pairs, 2, Dimension)
            .Scalar("UInt16", NumberDataViewType.UInt16, row => (ushort)row)
            .Scalar("UInt32", NumberDataViewType.UInt32, row => (uint)row)
            .Scalar("UInt64", NumberDataViewType.UInt64, row => (ulong)row);

        Expect.Error<ArgumentOutOfRangeException>(
            $"Schema mismatch for scalar column '{name}': expected a single Boolean, key, Byte or signed number, got {name}.",
            () => transformer.ToBatches(view, new() { ScalarColumnNames = [name] }));
    }

    [TestMethod]
    public void Keys_of_every_type_count_from_zero()
    {
        var pairs = Sequences.Pairs(3, 2, Dimension);
        using var transformer = Fit(Views.Known(pairs, 2, Dimension));
        var view = Views.Known(pairs, 2, Dimension)
            .Scalar("Byte", new KeyDataViewType(typeof(byte), 9), row => (byte)row)
            .Scalar("UInt16", new KeyDataViewType(typeof(ushort), 9), row => (ushort)row)
            .Scalar("UInt32", new KeyDataViewType(typeof(uint), 9), row => (uint)row)
            .Scalar("UInt64", new KeyDataViewType(typeof(ulong), 9), row => (ulong)row);
        string[] names = ["Byte", "UInt16", "UInt32", "UInt64"];

        using var batch = transformer.ToBatches(view, new() { ScalarColumnNames = names }).Single();

        foreach (var name in names)
            Expect.Same<long>([-1, 0, 1], batch.Scalars[name].data<long>().ToArray(), name);
    }

    [TestMethod]
    public void Invalid_scalar_column_is_refused_immediately()
    {
        var pairs = Sequences.Pairs(1, 2, Dimension);
        using var transformer = Fit(Views.Known(pairs, 2, Dimension));
        var view = Views.Known(pairs, 2, Dimension).WithEveryKindOfColumn();

        Expect.Error<ArgumentOutOfRangeException>(
            "Could not find scalar column 'Nowhere'.", () => transformer.ToBatches(view, new() { ScalarColumnNames = ["Nowhere"] }));
        Expect.Error<ArgumentOutOfRangeException>(
            "Schema mismatch for scalar column 'Text': expected a single Boolean, key, Byte or signed number, got String.",
            () => transformer.ToBatches(view, new() { ScalarColumnNames = ["Text"] }));
    }

    [TestMethod]
    public void All_tensors_are_on_the_requested_device()
    {
        var pairs = Sequences.Pairs(3, 2, Dimension);
        using var transformer = Fit(Views.Known(pairs, 2, Dimension));

        // A device that every machine has.
        using var batch = transformer.ToBatches(
            Views.Known(pairs, 2, Dimension).WithEveryKindOfColumn(), new() { Device = META, ScalarColumnNames = ["Number"] }).Single();
        using var module = transformer.CreateModule(META);

        foreach (var tensor in new[] { batch.Sequences, batch.Mask, batch.TokenCounts, batch.Scalars["Number"], module.InitialEmbedding })
            Assert.AreEqual(TorchSharp.DeviceType.META, tensor.device_type);
    }

    [TestMethod]
    public void Incomplete_last_batch_can_be_dropped()
    {
        var pairs = Sequences.Pairs(7, 2, Dimension);
        using var transformer = Fit(Views.Known(pairs, 2, Dimension));

        int[] Rows(bool drop) => [.. transformer.ToBatches(Views.Known(pairs, 2, Dimension), new() { BatchSize = 3, DropIncompleteBatch = drop })
            .Select(batch =>
            {
                using (batch)
                    return batch.Rows;
            })];

        Expect.Same<int>([3, 3, 1], Rows(drop: false));
        Expect.Same<int>([3, 3], Rows(drop: true));
    }

    [TestMethod]
    public void Seed_decides_the_order()
    {
        var data = new MLContext(seed: 1).Data.LoadFromEnumerable(TestRows.Shaped(100));
        using var transformer = Transformers.Fit(data);

        int[] Order(int? seed)
        {
            var order = new List<int>();
            foreach (var batch in transformer.ToBatches(data, new() { BatchSize = 7, ShuffleSeed = seed, ScalarColumnNames = ["Number"] }))
            {
                using (batch)
                    order.AddRange(batch.Scalars["Number"].data<int>().ToArray());
            }

            return [.. order];
        }

        Expect.Same<int>(Enumerable.Range(0, 100).ToArray(), Order(null));
        Expect.Same<int>(Order(3), Order(3));
        CollectionAssert.AreNotEqual(Order(3), Order(4));
        CollectionAssert.AreNotEqual(Order(null), Order(3));
        CollectionAssert.AreEquivalent(Order(null), Order(3));
    }

    [TestMethod]
    public void Shuffled_row_keeps_its_sequences_and_its_scalars_together()
    {
        var rows = TestRows.Shaped(50);
        var data = new MLContext(seed: 1).Data.LoadFromEnumerable(rows);
        using var transformer = Transformers.Fit(data);

        using var batch = transformer.ToBatches(data, new() { ShuffleSeed = 5, ScalarColumnNames = ["Number"] }).Single();

        var numbers = batch.Scalars["Number"].data<int>().ToArray();
        var combined = batch.Sequences.Floats().Chunk(2 * TestRows.Tokens * TestRows.Dimension).ToArray();
        for (var i = 0; i < numbers.Length; i++)
        {
            var row = rows[numbers[i]];
            Expect.SameBits(
                Reference.Combined(new float[TestRows.Dimension], new(row.PreviousEmbeddings, row.CurrentEmbeddings)), combined[i]);
        }
    }

    [TestMethod]
    public void Bad_row_is_named_after_the_batches_before_it()
    {
        SequencePair[] pairs = [.. Sequences.Pairs(5, 2, Dimension), new([1, 2, 3, 4], [1, 2, 3, 4])];
        using var transformer = Fit(Views.Unknown(pairs));
        var served = 0;

        Expect.Error<InvalidRowException>(
            "Column 'PreviousEmbeddings', row 5: expected a multiple of 3 values (EmbeddingDimension), found 4.", () =>
            {
                foreach (var batch in transformer.ToBatches(Views.Unknown(pairs), new() { BatchSize = 2 }))
                {
                    using (batch)
                        served += batch.Rows;
                }
            });

        Assert.AreEqual(4, served);
    }

    [TestMethod]
    public void Cancelling_stops_the_enumeration()
    {
        var pairs = Sequences.Pairs(100, 2, Dimension);
        using var transformer = Fit(Views.Known(pairs, 2, Dimension));
        using var stop = new CancellationTokenSource();
        var served = 0;

        Assert.Throws<OperationCanceledException>(() =>
        {
            foreach (var batch in transformer.ToBatches(Views.Known(pairs, 2, Dimension), new() { BatchSize = 1 }, stop.Token))
            {
                using (batch)
                    served++;
                if (served == 3)
                    stop.Cancel();
            }
        });

        // The one that was read ahead may still be served.
        Assert.IsTrue(served is 3 or 4, $"{served}");
    }

    [TestMethod]
    public void User_module_takes_a_batch_inside_its_own_dispose_scope()
    {
        var pairs = Sequences.Pairs(2, 2, Dimension);
        using var transformer = Fit(Views.Known(pairs, 2, Dimension));

        SequenceBatch kept;
        using (NewDisposeScope())
            kept = transformer.ToBatches(Views.Known(pairs, 2, Dimension)).Single();

        using (kept)
            Assert.AreEqual(2 * 4 * Dimension, kept.Sequences.NumberOfElements);
    }

    private static NextTokenDiscriminatorTransformer Fit(
        IDataView view, Action<NextTokenDiscriminatorEstimator.Options>? configure = null) => Transformers.Fit(view, options =>
        {
            options.InitialEmbedding = Initial;
            configure?.Invoke(options);
        });
}
