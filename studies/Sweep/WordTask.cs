using Microsoft.ML;
using MlNetNtd.Studies.TextGan;

namespace MlNetNtd.Studies.Sweep;

/// <summary>
/// The task: to tell the next word of a text from a random word, by the words before it. It has rows to learn from, rows that
/// compare trials, and rows that no trial sees.
/// </summary>
/// <remarks>
/// Words, embeddings and rows are TextGan's. The held-out end of the text is not learned from; its first
/// half compares trials and finds each one's best epoch, its second half is for the final trainings.
/// </remarks>
internal sealed class WordTask
{
    private readonly TextDataset _dataset;
    private readonly TextGan.EmbeddingTable _table;
    private readonly PairCounts _counts;
    private readonly Example[] _training;
    private readonly Example[] _validation;
    private readonly Example[] _test;

    private WordTask(TextDataset dataset, Hyperparameters hyperparameters, SweepSeeds seeds)
    {
        _dataset = dataset;
        _counts = PairCounts.Count(dataset);
        _table = TextGan.EmbeddingTable.Learn(dataset, _counts, hyperparameters.Dimension);
        int[] heldOut = [.. dataset.HeldOut];
        _training = DrawRows(dataset.Training, 1, seeds.TrainingWords);
        _validation = DrawRows(heldOut[..(heldOut.Length / 2)], hyperparameters.HeldOutDraws, seeds.ValidationWords);
        _test = DrawRows(heldOut[(heldOut.Length / 2)..], hyperparameters.HeldOutDraws, seeds.TestWords);
    }

    /// <summary>Gets the sizes, in a line.</summary>
    public string Description =>
        $"{_training.Length} rows to learn from, {_validation.Length} to compare trials by, {_test.Length} that no trial sees; "
        + $"T = {_dataset.Tokens}, C = {_table.Dimension}";

    /// <summary>Reads the text and draws the rows.</summary>
    /// <exception cref="InvalidDataException">The text is too short.</exception>
    public static WordTask Read(string path, Hyperparameters hyperparameters, SweepSeeds seeds) =>
        new(TextDataset.Read(path, hyperparameters.Tokens, hyperparameters.Words), hyperparameters, seeds);

    public IDataView CreateTrainingRows(MLContext mlContext) => CreateView(mlContext, _training);

    public IDataView CreateValidationRows(MLContext mlContext) => CreateView(mlContext, _validation);

    public IDataView CreateTestRows(MLContext mlContext) => CreateView(mlContext, _test);

    /// <summary>Creates the transform.</summary>
    public NextTokenDiscriminatorEstimator CreateTransform(MLContext mlContext) =>
        new TextGan.Pipeline(mlContext, TextGan.Hyperparameters.Default).CreateTransform(_table);

    /// <summary>Computes the AUC of pair counts on the rows that no trial sees.</summary>
    public double ComputePairAuc() => HeldOutEvaluation.EvaluatePairs(_counts, _test);

    private IDataView CreateView(MLContext mlContext, Example[] examples) => new GanRows(mlContext, _dataset, _table).ToView(examples);

    private Example[] DrawRows(IEnumerable<int> windows, int draws, int seed)
    {
        var randomWords = new RandomWords(_dataset, seed);
        return
        [
            // As many real rows as random ones, so that losses compare.
            .. windows.SelectMany(window => Enumerable.Range(0, draws)
                .SelectMany(_ => new[] { Example.Real(_dataset, window), Example.Generated(_dataset, window, randomWords.Draw()) })),
        ];
    }
}
