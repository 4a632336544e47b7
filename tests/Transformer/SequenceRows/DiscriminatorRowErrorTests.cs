using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>Invalid options and sequences are named with the token, the expected and the found value.</summary>
[TestClass]
public sealed class DiscriminatorRowErrorTests
{
    private static readonly EmbeddingTable Table = EmbeddingTable.FromRows([[0, 0], [1, 1], [2, 2]]);

    [TestMethod]
    public void Option_out_of_range_is_refused_before_a_row_is_read()
    {
        foreach (var (configure, message) in new (Action<DiscriminatorRowOptions>, string)[]
        {
            (options => options.WindowTokens = -1, "WindowTokens: expected at least 1 token, or 0 (each sequence is one window), found -1."),
            (options => (options.WindowTokens, options.Stride) = (2, -1), "Stride: expected at least 1 token, or 0 (windows do not overlap), found -1."),
            (options => options.Stride = 2, "Stride: expected none where each sequence is one window (WindowTokens), found 2."),
            (options => options.GeneratedFraction = 0, "GeneratedFraction: expected above 0 up to 1, found 0."),
            (options => options.GeneratedFraction = 1.5, "GeneratedFraction: expected above 0 up to 1, found 1.5."),
            (options => options.GeneratedFraction = double.NaN, "GeneratedFraction: expected above 0 up to 1, found NaN."),
            (options => options.DrawsPerWindow = 0, "DrawsPerWindow: expected at least 1 draw, found 0."),
            (options => (options.TokenFeatures, options.Candidates) = (new(1, (_, _, _) => { }), CandidateSource.FromEmbeddings((_, _) => default)),
                "TokenFeatures: expected none where candidates have no ids (CandidateSource.FromEmbeddings), found features."),
            (options => options.Candidates = null!, "Candidates: a source of candidates is needed, found null."),
            (options => options.PreviousColumnName = "", "PreviousColumnName: a column name is needed, found none."),
            (options => options.CurrentColumnName = " ", "CurrentColumnName: a column name is needed, found none."),
            (options => options.GroupColumnName = " ", "GroupColumnName: a column name, or an empty one (no such column), is needed, found a blank name."),
            (options => options.GroupColumnName = "Label", "GroupColumnName: expected a name of its own, found 'Label', which another column has."),
        })
        {
            Assert.Contains(message, Assert.ThrowsExactly<ArgumentException>(() => Make([[0, 1, 2]], configure)).Message);
        }
    }

    [TestMethod]
    public void Too_short_sequence_is_refused_or_skipped()
    {
        Refused([[0, 1], [2]], options => options.WindowTokens = 2,
            "sequences: sequence 1: expected at least 2 tokens (WindowTokens), found 1; SkipShortSequences leaves such sequences out.");
        Refused([[0, 1], []], _ => { }, "sequences: sequence 1: expected at least 1 token, found 0; SkipShortSequences leaves such sequences out.");
        Refused([[0, 1], null!], _ => { }, "sequences: sequence 1: expected token ids, found null.");
        Refused([], _ => { }, "sequences: expected at least one sequence, found none.");
        Refused([[0], [1]], options => (options.WindowTokens, options.SkipShortSequences) = (2, true),
            "sequences: expected at least one sequence of 2 tokens or more, found 2 shorter ones.");

        // The numbers of those that are left stay their own.
        var view = Make([[0], [0, 1], [], [1, 2, 0]], options => (options.WindowTokens, options.SkipShortSequences) = (2, true));
        CollectionAssert.AreEqual(new long[] { 1, 1, 3, 3 }, view.GetColumn<long>("SequenceId").ToArray());
        Assert.AreEqual(4, view.GetColumn<float[]>("CurrentEmbeddings").Count());

        static void Refused(int[][] sequences, Action<DiscriminatorRowOptions> configure, string message) =>
            Assert.Contains(message, Assert.ThrowsExactly<ArgumentException>(() => Make(sequences, configure)).Message);
    }

    [TestMethod]
    [DataRow(3)]
    [DataRow(-1)]
    public void Id_without_an_embedding_is_named_with_its_position(int id)
    {
        var view = Make([[0, 1], [2, id]], options => options.Candidates = CandidateSource.Shuffled);

        Unable(view, "PreviousEmbeddings", $"Sequence 1, token 1: expected an id from 0 to 2, the rows of the embedding table, found {id}.");
        // It is found where it is counted, too.
        Unable(Make([[0, 1], [2, id]], _ => { }), "CurrentEmbeddings", $"Sequence 1, token 1: expected an id from 0 to 2, the rows of the embedding table, found {id}.");
    }

    [TestMethod]
    public void Changed_list_is_refused()
    {
        var sequences = new List<int[]> { new[] { 0, 1 }, new[] { 1, 2 } };
        var view = new MLContext(seed: 1).Data.CreateDiscriminatorRows(sequences, Table);
        sequences[1] = [1, 2, 0];

        Unable(view, "PreviousEmbeddings", "Sequence 1 changed: expected 2 tokens, as at first, found 3.");
    }

    [TestMethod]
    public void Wrong_candidates_of_a_delegate_are_refused()
    {
        Candidates(CandidateSource.FromTokens((_, _) => [0]), "expected 2 candidate ids, one per token, of the delegate (CandidateSource.FromTokens), found 1.");
        Candidates(CandidateSource.FromTokens((_, _) => null!), "expected 2 candidate ids, one per token, of the delegate (CandidateSource.FromTokens), found null.");
        Candidates(
            CandidateSource.FromTokens((_, _) => [0, 3]),
            "expected candidate ids from 0 to 2, the rows of the embedding table, found 3 for token 1 of the delegate (CandidateSource.FromTokens).");
        Candidates(CandidateSource.FromEmbeddings((_, _) => new float[3]), "expected 2 * 2 values of the delegate (CandidateSource.FromEmbeddings), found 3.");
        Candidates(
            CandidateSource.FromEmbeddings((_, _) => new[] { 0, 0, 0, float.NaN }),
            "expected finite values of the delegate (CandidateSource.FromEmbeddings), found NaN in dimension 1 of token 1.");

        static void Candidates(CandidateSource source, string message) =>
            Unable(Make([[0, 1]], options => options.Candidates = source), "CurrentEmbeddings", $"Column 'CurrentEmbeddings', row 1: {message}");
    }

    [TestMethod]
    public void N_gram_features_of_fewer_ids_than_the_table_are_refused_before_a_row_is_read()
    {
        var error = Assert.ThrowsExactly<ArgumentException>(() => Make([[0, 1, 2]], options => options.TokenFeatures = TokenFeatures.FromNGrams([[0, 1]], vocabularySize: 2)));

        Assert.Contains("TokenFeatures: expected features of at least 3 ids, the rows of the embedding table, found 2 (vocabularySize)", error.Message);
    }

    [TestMethod]
    public void Feature_that_is_not_finite_is_named_with_its_token()
    {
        var view = Make([[0, 1, 2]], options => options.TokenFeatures = new TokenFeatures(2, (context, token, features) => features[1] = context.Length == 1 ? float.NaN : 0));

        var error = Assert.ThrowsExactly<InvalidRowException>(() => view.GetColumn<float[]>("PreviousEmbeddings").ToArray());

        Assert.Contains("expected finite features of a token (TokenFeatures), found NaN in feature 1 of token 1", error.Message);
    }

    [TestMethod]
    public void Candidate_source_without_enough_data_is_refused()
    {
        Unable(
            Make([[0, 1], [2]], options => options.Candidates = CandidateSource.Shuffled), "CurrentEmbeddings",
            "Column 'CurrentEmbeddings', row 3: expected at least 2 tokens to shuffle (CandidateSource.Shuffled), found 1.");
        Unable(
            Make([[0, 1]], options => options.Candidates = CandidateSource.OtherRows), "CurrentEmbeddings",
            "Column 'CurrentEmbeddings', row 1: expected another row's tokens (CandidateSource.OtherRows), found one sequence of one row.");
        Unable(
            Make([[0, 1], []], options => (options.Candidates, options.SkipShortSequences) = (CandidateSource.OtherRows, true)), "CurrentEmbeddings",
            "Column 'CurrentEmbeddings', row 1: expected another sequence with tokens (CandidateSource.OtherRows), found none.");
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => CandidateSource.NGram(0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => CandidateSource.NGram(9));
    }

    [TestMethod]
    public void Cursor_refuses_unknown_and_inactive_columns()
    {
        var view = Make([[0, 1]], _ => { });
        using var cursor = view.GetRowCursor([view.Schema["Label"]]);
        var label = cursor.GetGetter<bool>(view.Schema["Label"]);
        var value = false;

        Expect.Error<InvalidOperationException>("There is no current row: call MoveNext, and read only while it returns true.", () => label(ref value)).IsMarked();
        Assert.Contains("'SequenceId' is not active", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => cursor.GetGetter<long>(view.Schema["SequenceId"])).IsMarked().Message);
        Assert.Contains("Column 'Label' is Boolean", Assert.ThrowsExactly<InvalidOperationException>(() => cursor.GetGetter<int>(view.Schema["Label"])).IsMarked().Message);
        Assert.IsTrue(cursor.MoveNext());
        label(ref value);
        Assert.IsTrue(value);
        Assert.IsTrue(cursor.MoveNext());
        Assert.IsFalse(cursor.MoveNext());
        Assert.IsFalse(cursor.MoveNext());
        Assert.AreEqual(-1, cursor.Position);
    }

    [TestMethod]
    public void Null_is_refused_by_parameter_name()
    {
        var catalog = new MLContext().Data;
        Assert.AreEqual("sequences", Assert.ThrowsExactly<ArgumentNullException>(() => catalog.CreateDiscriminatorRows(null!, Table)).ParamName);
        Assert.AreEqual("embeddings", Assert.ThrowsExactly<ArgumentNullException>(() => catalog.CreateDiscriminatorRows([[0]], null!)).ParamName);
    }

    private static void Unable(IDataView view, string column, string message) =>
        Assert.AreEqual(message, Assert.Throws<InvalidOperationException>(() => view.GetColumn<float[]>(column).Count()).IsMarked().Message);

    private static IDataView Make(int[][] sequences, Action<DiscriminatorRowOptions> configure)
    {
        var options = new DiscriminatorRowOptions { Seed = 1 };
        configure(options);
        return new MLContext(seed: 1).Data.CreateDiscriminatorRows(sequences, Table, options);
    }
}
