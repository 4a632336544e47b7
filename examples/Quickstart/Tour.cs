using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Examples.Quickstart;

/// <summary>The tour from a text to the input of a discriminator, told as it goes.</summary>
internal sealed class Tour
{
    private const int PictureTokens = 6;

    private readonly Settings _settings;
    private readonly Report _report;

    public Tour(Settings settings, Report report)
    {
        _settings = settings;
        _report = report;
    }

    /// <summary>Runs it.</summary>
    /// <returns>0 where the reloaded model agrees with the original, else 1.</returns>
    /// <exception cref="UserErrorException">The input cannot be used (nothing is printed before that is known), or the model cannot be saved.</exception>
    public int Run()
    {
        using var file = ModelFileInspector.Choose(_settings.OutputPath, _settings.InputPath);
        var corpus = Corpus.Read(_settings.InputPath, _settings.Tokens);
        _report.Heading("MlNetNtd quickstart: from a text to what a next-token discriminator reads");
        TellText(corpus);

        var words = corpus.Vocabulary.Count;
        var embeddings = Embeddings.Learn(corpus.Ids, words, _settings.Dimension);
        var generator = BigramGenerator.Learn(corpus.Ids, words, embeddings);
        var lessons = new Lessons(corpus, embeddings, generator);
        _report.Part($"Embeddings of {Counted.Of(embeddings.Dimension, "value")} (C), learned from which words stand near which");
        lessons.TellNeighbours(_report);
        _report.Part("A generator: counts of word pairs, and the embedding it expects next");
        lessons.TellPredictions(_report);

        var mlContext = new MLContext();
        var compute = Compute.ChooseFor(mlContext);
        var rows = new RowMaker(corpus, embeddings, generator);
        var windows = new Windows(corpus, rows, _settings.Tokens);
        var data = windows.ToView(mlContext);
        var model = Pipeline.Fit(mlContext, data, generator.Unconditional);
        using var _ = model as IDisposable;
        var transformed = model.Transform(data);

        TellRows(windows, transformed);
        TellMask(mlContext, new Windows(corpus, rows, Math.Min(PictureTokens, _settings.Tokens)), generator);
        var sentences = new Sentences(corpus, rows, _settings.Tokens);
        new Variations(mlContext, sentences.ToView(mlContext), data, _settings.Tokens, embeddings.Dimension, _report).Tell(sentences.Count);
        TellWhatRan(compute);
        return Reload(file, mlContext, model, windows, transformed);
    }

    private void TellText(Corpus corpus)
    {
        _report.Part("A text");
        _report.Line(TextWidth.FitPath(_settings.InputPath, 80));
        _report.Line($"{Counted.Of(corpus.Ids.Count, "token")} (words, numbers, punctuation), {corpus.DifferentTokens} different ones.");
        _report.Line($"The {corpus.Vocabulary.Count - 1} most frequent have an embedding of their own; the rest, "
            + $"{corpus.UnknownShare:P1} of the text, is {Vocabulary.UnknownWord}.");
    }

    private void TellRows(Windows windows, IDataView transformed)
    {
        _report.Part("The stage: init, true and predicted tokens in one sequence, with its attention mask");
        _report.Line($"Rows: {windows.Count}, of {Counted.Of(windows.Tokens, "token")} (T) each; tokens at the end that fill no row: {windows.Left}.");
        new RowTable(windows, transformed).Print(_report);
    }

    private void TellMask(MLContext mlContext, Windows windows, BigramGenerator generator)
    {
        var data = windows.ToView(mlContext);
        var model = Pipeline.Fit(mlContext, data, generator.Unconditional);
        using var _ = model as IDisposable;
        var window = windows.Count / 2;
        var mask = model.Transform(data).GetColumn<bool[]>("Mask").ElementAt(window);

        _report.Part($"The mask, drawn for a row of {Counted.Of(windows.Tokens, "token")} (T)");
        foreach (var line in MaskPicture.Draw(mask, [.. windows.Words(window)]))
            _report.Line(line);
        _report.Line();
        _report.Line("Each prediction sees init, the true tokens before it and itself: never the token it stands for.");
        _report.Line("true = may not attend, as PyTorch's nn.MultiheadAttention reads a mask. Other operations read");
        _report.Line("other masks (scaled_dot_product_attention the opposite): MaskKind has them.");
    }

    private void TellWhatRan(Compute compute)
    {
        _report.Part("What ran");
        _report.Table([.. Packages.All().Select(package => new[] { package.Name, package.Version })]);
        _report.Line($"Engine: {compute.Engine}, device: {compute.Device} ({compute.Reason}).");
    }

    private int Reload(ModelFileInspector file, MLContext mlContext, ITransformer model, Windows windows, IDataView transformed)
    {
        _report.Part("Saved and loaded again");
        var size = file.Save(mlContext, model, windows.ToView(mlContext).Schema);

        // A context that has never seen the stage, and data of its own: nothing but the file is shared.
        var fresh = new MLContext();
        var reloaded = fresh.Model.Load(file.Path, out var _);
        using var disposable = reloaded as IDisposable;
        var comparison = ViewComparison.Of(transformed, reloaded.Transform(windows.ToView(fresh)));
        if (comparison.Difference is { } difference)
        {
            Console.Error.WriteLine($"The reloaded model disagrees at {difference}.");
            return 1;
        }

        _report.Line("Loaded in a fresh MLContext and run on the same text.");
        _report.Line($"{size} bytes in {TextWidth.FitPath(file.Keep(), 70)}");
        _report.Line(file.IsTemporary ? "A temporary file, removed at the end: --out model.zip keeps it." : "Kept there.");
        _report.Heading("");
        _report.Heading($"OK: {Counted.Of(comparison.Rows, "row")}, combined {Shape(transformed, "Combined")}, "
            + $"mask {Shape(transformed, "Mask")}, reloaded model agrees on every value");
        return 0;
    }

    private static string Shape(IDataView view, string columnName) => RowTable.Text(Pipeline.Shape(view, columnName));
}
