using FsCheck.Fluent;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>Rows of token sequences: windows of them, and candidates that are real or generated.</summary>
[TestClass]
public sealed class DiscriminatorRowsTests
{
    private const int Ids = 7;
    private const int Dimension = 3;

    private static readonly EmbeddingTable Table = EmbeddingTable.FromRows([.. Enumerable.Range(0, Ids).Select(id => new[] { id, id + 0.25f, -id })]);

    [TestMethod]
    public void Columns_have_the_types_that_the_transform_and_the_trainer_read()
    {
        var schema = Make([[1, 2, 3, 4]], options => options.WindowTokens = 2).Schema;

        Assert.AreEqual(
            "PreviousEmbeddings: Vector<Single, 2, 3>; CurrentEmbeddings: Vector<Single, 2, 3>; Label: Boolean; TokenLabels: Vector<Boolean, 2>; SequenceId: Int64",
            string.Join("; ", schema.Select(column => $"{column.Name}: {column.Type}")));
    }

    [TestMethod]
    public void Window_gives_a_real_row_and_a_generated_one()
    {
        var rows = Read(Make([[1, 2, 3, 4, 5], [6, 0]], options =>
        {
            (options.WindowTokens, options.Stride) = (2, 1);
            options.Candidates = CandidateSource.FromTokens((tokens, _) => [.. tokens.ToArray().Select(id => (id + 1) % Ids)]);
        }));

        // Windows 12, 23, 34, 45 of the first sequence, and 60 of the second.
        Assert.AreEqual("12 12 True TT 0|12 23 False FF 0|23 23 True TT 0|23 34 False FF 0|34 34 True TT 0|34 45 False FF 0|45 45 True TT 0|45 56 False FF 0|60 60 True TT 1|60 01 False FF 1",
            string.Join('|', rows));
    }

    [TestMethod]
    public void Row_without_windows_is_one_sequence_of_any_length()
    {
        var view = Make([[1, 2, 3], [4]], options => options.Candidates = CandidateSource.Unigram);

        Assert.AreEqual("Vector<Single, *, 3>", view.Schema["PreviousEmbeddings"].Type.ToString());
        CollectionAssert.AreEqual(new[] { "123", "123", "4", "4" }, Read(view).Select(row => row.Previous).ToArray());
    }

    /// <summary>In every way there is to read a view: column by column, shuffled, by several cursors.</summary>
    [TestMethod]
    public void Every_reading_gives_the_same_rows() => Property.Check(
        from seed in Gen.Choose(0, 1 << 20)
        from sequences in Gen.Choose(2, 20)
        from window in Gen.Elements(0, 2, 3, 4)
        from stride in Gen.Choose(0, 5)
        from fraction in Gen.Elements(0.3, 1)
        from real in Gen.Elements(true, false)
        from draws in Gen.Choose(1, 3)
        from source in Gen.Choose(0, Sources.Length - 1)
        select (seed, sequences, window, stride, fraction, real, draws, source),
        one =>
        {
            var random = new Random(one.seed);
            int[][] sequences = [.. Enumerable.Range(0, one.sequences).Select(_ => Draw(random, random.Next(Math.Max(2, one.window), 12)))];
            IDataView View(int seed) => Make(sequences, options =>
            {
                (options.WindowTokens, options.Stride) = (one.window, one.window == 0 ? 0 : one.stride);
                (options.GeneratedFraction, options.IncludeRealRows, options.Candidates, options.Seed) = (one.fraction, one.real, Sources[one.source], seed);
                options.DrawsPerWindow = one.draws;
            });
            var view = View(one.seed);

            var rows = ViewChecklist.Holds(view);

            ViewChecklist.SameRows(rows, ViewChecklist.Holds(View(one.seed)), "Another view of the same seed.");
            Assert.HasCount((int)view.GetRowCount()!, rows);
        },
        count: 40);

    /// <summary>Real rows hold what the sequence does; generated ones exactly so many other tokens, and their labels say which.</summary>
    [TestMethod]
    public void Windows_tile_the_sequences_and_labels_say_what_is_generated() => Property.Check(
        from seed in Gen.Choose(0, 1 << 20)
        from window in Gen.Choose(1, 5)
        from stride in Gen.Choose(1, 6)
        from percent in Gen.Choose(1, 100)
        select (seed, window, stride, percent),
        one =>
        {
            var random = new Random(one.seed);
            int[][] sequences = [.. Enumerable.Range(0, 6).Select(_ => Draw(random, random.Next(one.window, 14), most: Ids - 1))];
            // No sequence has this id: every generated token is seen.
            var generated = CandidateSource.FromTokens((tokens, _) => [.. Enumerable.Repeat(Ids - 1, tokens.Length)]);
            var rows = Read(Make(sequences, options =>
                (options.WindowTokens, options.Stride, options.GeneratedFraction, options.Candidates) = (one.window, one.stride, one.percent / 100.0, generated)));

            var expected = new List<(string Window, int Sequence)>();
            for (var number = 0; number < sequences.Length; number++)
            {
                for (var first = 0; first + one.window <= sequences[number].Length; first += one.stride)
                    expected.Add((string.Concat(sequences[number][first..(first + one.window)]), number));
            }

            CollectionAssert.AreEqual(expected.SelectMany(window => new[] { window, window }).ToArray(), rows.Select(row => (row.Previous, (int)row.Group)).ToArray());
            foreach (var row in rows)
            {
                var count = row.Label ? 0 : Math.Max(1, (int)Math.Round(one.percent / 100.0 * one.window));
                Assert.AreEqual(count, row.TokenLabels.Count(label => label == 'F'));
                for (var t = 0; t < one.window; t++)
                    Assert.AreEqual(row.TokenLabels[t] == 'T' ? row.Previous[t] : (char)('0' + Ids - 1), row.Current[t]);
            }
        });

    [TestMethod]
    public void N_gram_candidates_follow_their_context_somewhere_in_the_sequences() => Property.Check(
        from seed in Gen.Choose(0, 1 << 20)
        from order in Gen.Choose(1, 4)
        select (seed, order),
        one =>
        {
            var random = new Random(one.seed);
            int[][] sequences = [.. Enumerable.Range(0, 5).Select(_ => Draw(random, random.Next(1, 20)))];
            var all = sequences.Select(ids => string.Concat(ids)).ToArray();

            foreach (var row in Read(Make(sequences, options => options.Candidates = CandidateSource.NGram(one.order))).Where(row => !row.Label))
            {
                for (var t = 0; t < row.Previous.Length; t++)
                {
                    var context = row.Previous[Math.Max(0, t - one.order + 1)..t];
                    Assert.IsTrue(all.Any(text => text.Contains(context + row.Current[t], StringComparison.Ordinal)), $"{context}{row.Current[t]}");
                }
            }
        },
        count: 40);

    [TestMethod]
    public void Unigrams_are_drawn_by_frequency()
    {
        // 0 three times as often as 1.
        var rows = Read(Make([.. Enumerable.Repeat(new[] { 0, 1, 0, 0 }, 500)], options => options.Candidates = CandidateSource.Unigram));

        var generated = string.Concat(rows.Where(row => !row.Label).Select(row => row.Current));
        Assert.IsInRange(0.70, 0.80, generated.Count(id => id == '0') / (double)generated.Length);
        Assert.IsTrue(generated.All(id => id is '0' or '1'));
    }

    [TestMethod]
    public void Shuffled_tokens_are_those_of_the_row_in_another_order() => Property.Check(
        from seed in Gen.Choose(0, 1 << 20)
        from tokens in Gen.Choose(2, 9)
        select (seed, tokens),
        one =>
        {
            foreach (var row in Read(Make([Draw(new Random(one.seed), one.tokens)], options => options.Candidates = CandidateSource.Shuffled)).Where(row => !row.Label))
            {
                Assert.AreEqual(string.Concat(row.Previous.Order()), string.Concat(row.Current.Order()));
                Assert.AreEqual(row.Previous.Distinct().Count() == 1, row.Previous == row.Current);
            }
        });

    [TestMethod]
    public void Other_rows_are_pieces_of_other_sequences() => Property.Check(
        from seed in Gen.Choose(0, 1 << 20)
        from sequences in Gen.Choose(2, 6)
        from window in Gen.Choose(0, 3)
        select (seed, sequences, window),
        one =>
        {
            // Each sequence has an id of its own.
            var random = new Random(one.seed);
            int[][] sequences = [.. Enumerable.Range(0, one.sequences).Select(id => Enumerable.Repeat(id, random.Next(Math.Max(1, one.window), 9)).ToArray())];
            foreach (var row in Read(Make(sequences, options => (options.Candidates, options.WindowTokens) = (CandidateSource.OtherRows, one.window))).Where(row => !row.Label))
            {
                Assert.HasCount(row.Previous.Length, row.Current.ToList());
                Assert.DoesNotContain(row.Previous[0], row.Current);
            }
        });

    [TestMethod]
    public void Other_rows_of_one_sequence_begin_at_another_position()
    {
        var rows = Read(Make([[0, 1, 2, 3, 4]], options => (options.Candidates, options.WindowTokens, options.Stride) = (CandidateSource.OtherRows, 2, 1)));

        foreach (var row in rows.Where(row => !row.Label))
        {
            Assert.AreNotEqual(row.Previous, row.Current);
            Assert.Contains(row.Current, "01234");
        }

        Assert.IsGreaterThan(1, rows.Where(row => !row.Label).Select(row => row.Current).Distinct().Count());
    }

    [TestMethod]
    public void Embeddings_of_a_delegate_are_candidates_as_they_are()
    {
        var view = Make([[1, 2]], options => options.Candidates = CandidateSource.FromEmbeddings((tokens, _) => new float[] { 9, 8, 7, 6, 5, 4 }));

        CollectionAssert.AreEqual(new float[] { 9, 8, 7, 6, 5, 4 }, view.GetColumn<float[]>("CurrentEmbeddings").Last());
    }

    [TestMethod]
    public void Seed_decides_the_tokens_and_defaults_to_that_of_the_context()
    {
        int[][] sequences = [Draw(new Random(1), 60), Draw(new Random(2), 60)];
        string Of(int contextSeed, int? seed) => string.Concat(Read(new MLContext(contextSeed).Data.CreateDiscriminatorRows(
            sequences, Table, new DiscriminatorRowOptions { Seed = seed, Candidates = CandidateSource.Unigram })).Select(row => row.Current));

        Assert.AreEqual(Of(1, 5), Of(2, 5));
        Assert.AreNotEqual(Of(1, 5), Of(1, 6));
        Assert.AreEqual(Of(1, null), Of(1, null));
        Assert.AreNotEqual(Of(1, null), Of(2, null));
    }

    /// <summary>Overlapping windows and their generated twins: whoever splits by rows would judge what was trained on.</summary>
    [TestMethod]
    public void Windows_of_one_sequence_stay_on_one_side_of_a_split()
    {
        var context = new MLContext(seed: 1);
        var view = Make([.. Enumerable.Range(0, 40).Select(i => Draw(new Random(i), 8))], options => (options.WindowTokens, options.Stride) = (4, 1), context);

        var split = context.Data.TrainTestSplit(view, testFraction: 0.3, samplingKeyColumnName: "SequenceId");

        var (train, test) = (split.TrainSet.GetColumn<long>("SequenceId").ToHashSet(), split.TestSet.GetColumn<long>("SequenceId").ToHashSet());
        Assert.IsNotEmpty(test);
        Assert.HasCount(40, train.Union(test).ToList());
        Assert.IsFalse(train.Overlaps(test));
    }

    [TestMethod]
    public void Transform_reads_the_columns_without_a_size()
    {
        foreach (var window in new int?[] { null, 3 })
        {
            var context = new MLContext(seed: 1);
            var view = Make([[1, 2, 3], [4, 5, 6]], options => options.WindowTokens = window, context);

            var combined = context.Transforms.NextTokenDiscriminator().Fit(view).Transform(view).GetColumn<float[]>("Combined").ToArray();

            Assert.HasCount(4, combined);
            CollectionAssert.AreEqual(new float[] { 0, 0, 0, 1, 1.25f, -1, 2, 2.25f, -2, 1, 1.25f, -1, 2, 2.25f, -2, 3, 3.25f, -3 }, combined[0]);
        }
    }

    [TestMethod]
    public void Each_draw_of_a_window_has_candidates_of_its_own()
    {
        var rows = Read(Make([Draw(new Random(1), 12), Draw(new Random(2), 12)], options =>
            (options.WindowTokens, options.DrawsPerWindow, options.Candidates) = (12, 3, CandidateSource.Unigram)));

        CollectionAssert.AreEqual(new long[] { 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1 }, rows.Select(row => row.Group).ToArray());
        CollectionAssert.AreEqual(Enumerable.Range(0, 12).Select(row => row % 2 == 0).ToArray(), rows.Select(row => row.Label).ToArray());
        Assert.HasCount(6, rows.Where(row => !row.Label).Select(row => row.Current).Distinct().ToList());
        Assert.HasCount(2, rows.Select(row => row.Previous).Distinct().ToList());
    }

    [TestMethod]
    public void Features_follow_the_embedding_of_each_token_and_know_the_real_tokens_before_it()
    {
        var view = Make([[1, 2, 3]], options =>
        {
            options.Candidates = CandidateSource.FromTokens((tokens, _) => [.. tokens.ToArray().Select(id => id + 1)]);
            options.TokenFeatures = new TokenFeatures(2, (context, token, features) => (features[0], features[1]) = (context.Length > 0 ? context[^1] : -1, 10 * token));
        });

        Assert.AreEqual("Vector<Single, *, 5>", view.Schema["CurrentEmbeddings"].Type.ToString());
        float[] real = [1, 1.25f, -1, -1, 10, 2, 2.25f, -2, 1, 20, 3, 3.25f, -3, 2, 30];
        float[] generated = [2, 2.25f, -2, -1, 20, 3, 3.25f, -3, 1, 30, 4, 4.25f, -4, 2, 40];
        foreach (var row in view.GetColumn<float[]>("PreviousEmbeddings"))
            CollectionAssert.AreEqual(real, row);
        CollectionAssert.AreEqual(real, view.GetColumn<float[]>("CurrentEmbeddings").First());
        CollectionAssert.AreEqual(generated, view.GetColumn<float[]>("CurrentEmbeddings").Last());
    }

    [TestMethod]
    public void Unnamed_columns_are_absent()
    {
        var view = Make([[1, 2]], options =>
        {
            (options.LabelColumnName, options.TokenLabelColumnName, options.GroupColumnName) = (null, "", null);
            (options.PreviousColumnName, options.CurrentColumnName) = ("Before", "Now");
        });

        CollectionAssert.AreEqual(new[] { "Before", "Now" }, view.Schema.Select(column => column.Name).ToArray());
    }

    /// <summary>Of each kind, those that a property needs no delegate for.</summary>
    private static CandidateSource[] Sources =>
    [
        CandidateSource.Unigram, CandidateSource.NGram(2), CandidateSource.NGram(3), CandidateSource.OtherRows, CandidateSource.Shuffled,
        CandidateSource.FromTokens((tokens, random) => [.. tokens.ToArray().Select(_ => random.Next(Ids))]),
        CandidateSource.FromEmbeddings((tokens, random) => Enumerable.Range(0, tokens.Length * Dimension).Select(_ => random.NextSingle()).ToArray()),
    ];

    private static int[] Draw(Random random, int tokens, int most = Ids) => [.. Enumerable.Range(0, tokens).Select(_ => random.Next(most))];

    private static IDataView Make(int[][] sequences, Action<DiscriminatorRowOptions> configure, MLContext? context = null)
    {
        var options = new DiscriminatorRowOptions { Seed = 1 };
        configure(options);
        return (context ?? new MLContext(seed: 1)).Data.CreateDiscriminatorRows(sequences, Table, options);
    }

    private static List<TokenIds> Read(IDataView view) =>
    [
        .. view.GetColumn<float[]>("PreviousEmbeddings").Select(Text)
            .Zip(view.GetColumn<float[]>("CurrentEmbeddings").Select(Text), view.GetColumn<bool>("Label"))
            .Zip(view.GetColumn<bool[]>("TokenLabels").Select(labels => string.Concat(labels.Select(label => label ? 'T' : 'F'))), view.GetColumn<long>("SequenceId"))
            .Select(row => new TokenIds(row.First.First, row.First.Second, row.First.Third, row.Second, row.Third)),
    ];

    // The first value of an embedding is its id.
    private static string Text(float[] embeddings) => string.Concat(embeddings.Chunk(Dimension).Select(embedding => (int)embedding[0]));

    private sealed record TokenIds(string Previous, string Current, bool Label, string TokenLabels, long Group)
    {
        public override string ToString() => $"{Previous} {Current} {Label} {TokenLabels} {Group}";
    }
}
