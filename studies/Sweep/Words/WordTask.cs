using Microsoft.ML;
using MlNetNtd.Examples.TextGan;

namespace MlNetNtd.Examples.Sweep;

/// <summary>
/// The task: to tell the next word of a text from a word at random, by the words before it. Rows to learn from, rows to
/// compare trials by, and rows that no trial sees.
/// </summary>
/// <remarks>
/// Words, embeddings and rows are TextGan's. Nothing is learned from the end of the text that its story holds out; the
/// first half of it compares trials, and finds each one's best epoch, the second half is for the end.
/// </remarks>
internal sealed class WordTask
{
    private readonly Story _story;
    private readonly TextGan.EmbeddingTable _table;
    private readonly PairCounts _counts;
    private readonly Example[] _training;
    private readonly Example[] _validation;
    private readonly Example[] _test;

    private WordTask(Story story, Recipe recipe, SweepSeeds seeds)
    {
        _story = story;
        _counts = PairCounts.Of(story);
        _table = TextGan.EmbeddingTable.Learn(story, _counts, recipe.Dimension);
        int[] heldOut = [.. story.HeldOut];
        _training = Rows(story.Training, 1, seeds.TrainingWords);
        _validation = Rows(heldOut[..(heldOut.Length / 2)], recipe.HeldOutDraws, seeds.ValidationWords);
        _test = Rows(heldOut[(heldOut.Length / 2)..], recipe.HeldOutDraws, seeds.TestWords);
    }

    /// <summary>Tells one text from another.</summary>
    public string TextHash => _story.Hash;

    /// <summary>What there is, in a line.</summary>
    public string Description =>
        $"{_training.Length} rows to learn from, {_validation.Length} to compare trials by, {_test.Length} that no trial sees; "
        + $"T = {_story.Tokens}, C = {_table.Dimension}";

    /// <summary>Reads the text and makes the rows.</summary>
    /// <exception cref="UserErrorException">The file cannot be used, or its text is too short.</exception>
    public static WordTask Read(string path, Recipe recipe, SweepSeeds seeds) =>
        new(Story.Read(path, recipe.Tokens, recipe.Words), recipe, seeds);

    public IDataView Training(MLContext mlContext) => View(mlContext, _training);

    public IDataView Validation(MLContext mlContext) => View(mlContext, _validation);

    public IDataView Test(MLContext mlContext) => View(mlContext, _test);

    /// <summary>The stage, which makes of a row what a discriminator reads.</summary>
    public NextTokenDiscriminatorEstimator Stage(MLContext mlContext) => new TextGan.Pipeline(mlContext, Preset.Default).Stage(_table);

    /// <summary>What counting pairs of neighbours reaches on the rows that no trial sees, as AUC.</summary>
    public double PairAuc() => HeldOutJudge.OfPairs(_counts, _test);

    private IDataView View(MLContext mlContext, Example[] examples) => new GanRows(mlContext, _story, _table).Of(examples);

    private Example[] Rows(IEnumerable<int> windows, int draws, int seed)
    {
        var gibberish = new Gibberish(_story, seed);
        return
        [
            // As many true ones as wrong ones: a loss is then the same thing wherever it is taken.
            .. windows.SelectMany(window => Enumerable.Range(0, draws)
                .SelectMany(_ => new[] { Example.True(_story, window), Example.False(_story, window, gibberish.Words()) })),
        ];
    }
}
