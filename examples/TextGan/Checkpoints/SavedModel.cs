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
                KeyValuePair.Create(EmbeddingsName, StoredTensor.OfSingles([bench.Table.Words, bench.Table.Dimension], bench.Table.Values)),
            ]));
        });
    }

    /// <summary>What the saved model says of held-out text, true and generated.</summary>
    public double HeldOutAuc(Workbench bench)
    {
        var fresh = new MLContext();
        var model = fresh.Model.Load(_folder.Model, out var _);
        using var disposable = model as IDisposable;
        var drawn = bench.Draw(bench.Story.HeldOut, bench.Seeds.HeldOutCandidates);
        return HeldOutJudge.OfModel(model, new GanRows(fresh, bench.Story, bench.Table).TrueAndDrawn(bench.Story.HeldOut, drawn));
    }
}
