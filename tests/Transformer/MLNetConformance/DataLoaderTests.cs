using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>The transform after a data loader, and saved together with it.</summary>
[TestClass]
public sealed class DataLoaderTests
{
    private const int Values = LabeledRow.Tokens * LabeledRow.Dimension;

    private static readonly List<LabeledRow> Rows = LabeledRow.Make(20);

    [TestMethod]
    public void Chain_is_saved_with_the_text_loader_that_feeds_it()
    {
        var ml = new MLContext(seed: 1);
        using var text = WriteText();
        using var file = new TemporaryFile();
        var loader = Loader(ml);
        var model = Stage(ml)
            .Append(ml.BinaryClassification.Trainers.LbfgsLogisticRegression(featureColumnName: Views.Combined))
            .Fit(loader.Load(text.Path));
        ml.Model.Save(model, loader, file.Path);

        var reloaded = new MLContext().Model.LoadWithDataLoader(file.Path, out var reloadedLoader);

        var output = reloaded.Transform(reloadedLoader.Load(new MultiFileSource(text.Path)));
        ExpectCombined(output);
        Expect.SameBits(
            [.. ViewReader.Scalars<float>(model.Transform(loader.Load(text.Path)), "Score")], [.. ViewReader.Scalars<float>(output, "Score")]);
    }

    [TestMethod]
    public void Loader_with_the_transform_appended_is_saved_as_one()
    {
        var ml = new MLContext(seed: 1);
        using var text = WriteText();
        using var file = new TemporaryFile();
        var composite = Loader(ml).Append(Stage(ml)).Fit(new MultiFileSource(text.Path));
        var features = ml.Transforms.CopyColumns("Features", Views.Combined).Fit(composite.Load(new MultiFileSource(text.Path)));
        ml.Model.Save(features, composite, file.Path);

        var reloaded = new MLContext().Model.LoadWithDataLoader(file.Path, out var reloadedLoader);

        var loaded = reloadedLoader.Load(new MultiFileSource(text.Path));
        Assert.AreEqual(SchemaText.Of(composite.GetOutputSchema()), SchemaText.Of(reloadedLoader.GetOutputSchema()));
        ExpectCombined(loaded);
        ExpectCombined(reloaded.Transform(loaded), "Features");
    }

    private static NextTokenDiscriminatorEstimator Stage(MLContext ml) =>
        ml.Transforms.NextTokenDiscriminator(embeddingDimension: LabeledRow.Dimension);

    private static TextLoader Loader(MLContext ml) => ml.Data.CreateTextLoader(
    [
        new TextLoader.Column("Label", DataKind.Boolean, 0),
        new TextLoader.Column(Views.Previous, DataKind.Single, 1, Values),
        new TextLoader.Column(Views.Current, DataKind.Single, Values + 1, 2 * Values),
    ]);

    private static TemporaryFile WriteText()
    {
        var text = new TemporaryFile();
        File.WriteAllLines(text.Path, Rows.Select(row => string.Join('\t', row.PreviousEmbeddings.Concat(row.CurrentEmbeddings)
            .Select(value => value.ToString("R", CultureInfo.InvariantCulture))
            .Prepend(row.Label ? "1" : "0"))));
        return text;
    }

    private static void ExpectCombined(IDataView view, string column = Views.Combined)
    {
        var combined = ViewReader.Vectors<float>(view, column);
        Assert.HasCount(Rows.Count, combined);
        for (var row = 0; row < Rows.Count; row++)
            Expect.Close(Rows[row].Combined(), combined[row], 1e-6);
    }
}
