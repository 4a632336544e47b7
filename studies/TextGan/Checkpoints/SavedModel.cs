using Microsoft.ML;

namespace MlNetNtd.Examples.TextGan;

/// <summary>The trained pipeline as one ML.NET model, with the words and embeddings that its input is made of.</summary>
internal sealed class SavedModel
{
    public const string EmbeddingsName = "embedding";

    private readonly RunFolder _folder;

    public SavedModel(RunFolder folder) => _folder = folder;

    /// <summary>Writes model, words and embeddings.</summary>
    /// <exception cref="UserErrorException">The folder cannot be written.</exception>
    public void Save(Workbench bench, DiscriminatorNetwork discriminator)
    {
        using var scorer = bench.Pipeline.Scorer(discriminator);
        var model = bench.Stage.Append(scorer);
        var schema = bench.Rows.True(bench.Story.HeldOut).Schema;
        var vocabulary = bench.Story.Vocabulary;
        _folder.Guard(() =>
        {
            RunFolder.Replace(_folder.Model, path => bench.Machine.Context.Model.Save(model, schema, path));
            RunFolder.Replace(_folder.Vocabulary, path =>
                File.WriteAllLines(path, Enumerable.Range(0, vocabulary.Count).Select(id => vocabulary[id])));
            RunFolder.Replace(_folder.Embeddings, path => Safetensors.Write(path,
            [
                KeyValuePair.Create(EmbeddingsName, TensorData.FromSingles([bench.Table.Words, bench.Table.Dimension], bench.Table.Values)),
            ]));
        });
    }

    /// <summary>What the saved model says of held-out text: nothing but the file is shared with what was trained.</summary>
    public ModelJudgement Judge(Workbench bench)
    {
        var fresh = new MLContext();
        var model = fresh.Model.Load(_folder.Model, out var _);
        using var disposable = model as IDisposable;
        var (story, rows, gibberish) = (bench.Story, new GanRows(fresh, bench.Story, bench.Table), new Gibberish(bench.Story, bench.Seeds.Gibberish));
        var examples = bench.HeldOutExamples();
        Example[] text = [.. story.HeldOut.Select(window => Example.True(story, window))];
        return new ModelJudgement(
            HeldOutJudge.OfModel(model, rows.Of(examples)),
            HeldOutJudge.OfPairs(bench.Counts, examples),
            Above(story.HeldOut.Select(_ => gibberish.Words())),
            Above(story.HeldOut.Select(gibberish.Shuffled)));

        double Above(IEnumerable<int[]> others) =>
            HeldOutJudge.OfModelByWindow(model, rows.Of([.. text, .. others.Select(Example.Foreign)]));
    }
}

/// <summary>How well a saved model tells held-out text from other things, as AUC.</summary>
/// <param name="Drawn">From words that the generator drew, word by word.</param>
/// <param name="Pairs">What the mutual information of pairs reaches on the same words.</param>
/// <param name="Gibberish">From words at random, window by window.</param>
/// <param name="Shuffled">From the same words in another order, window by window.</param>
internal sealed record ModelJudgement(double Drawn, double Pairs, double Gibberish, double Shuffled);
