using Microsoft.ML;

namespace MlNetNtd.Examples.TextGan;

/// <summary>Scores a text with a saved model: how likely it takes each token for what a true text has there.</summary>
internal sealed class TextScoring
{
    private readonly RunFolder _folder;
    private readonly Screen _screen;

    public TextScoring(string folder, Screen screen)
    {
        _folder = new RunFolder(folder);
        _screen = screen;
    }

    /// <summary>Loads the model, scores, prints.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="UserErrorException">There is no model, it cannot be loaded, or there is nothing to score.</exception>
    public int Run(string text)
    {
        string[] tokens = [.. Tokenizer.Tokenize(text)];
        if (tokens.Length == 0)
            throw new UserErrorException("--score takes a text of at least one word.");
        if (!File.Exists(_folder.Model))
            throw new UserErrorException($"There is no model in '{_folder.Path}': train one first, without --score.");

        HeatLine.Print(_screen, Score(tokens));
        return ExitCodes.Success;
    }

    // An unknown word is judged by nothing but being unknown: it gets no score, and stands before the others as a rare word.
    private (string Word, double? Probability)[] Score(string[] tokens)
    {
        try
        {
            var mlContext = new MLContext();
            var model = mlContext.Model.Load(_folder.Model, out var schema);
            using var disposable = model as IDisposable;
            var words = KnownWords.Read(_folder);
            var probabilities = new TokenScores(mlContext, model, schema).Of([.. tokens.Select(words.IdOf)], words.Table);
            return [.. tokens.Zip(probabilities, (token, probability) => (token, words.Knows(token) ? probability : (double?)null))];
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException or InvalidDataException or InvalidOperationException or ArgumentException)
        {
            throw new UserErrorException($"The model in '{_folder.Path}' cannot be used: {OneLine(e.Message)}.", e);
        }
    }

    private static string OneLine(string message) => message.ReplaceLineEndings(" ").TrimEnd('.', ' ');
}
