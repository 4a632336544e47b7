using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MlNetNtd.Serving;

/// <summary>POST /score: a text in, a score for each of its words out.</summary>
internal static class ScoreEndpoint
{
    private const string Expected = """Expected a JSON object like {"text": "The cat sat."}""";

    public static void MapScores(this WebApplication app) => app.MapPost("/score", ScoreAsync);

    private static async Task<Results<Ok<ScoreResponse>, ProblemHttpResult>> ScoreAsync(
        HttpRequest request, ModelStore store, ServingOptions options, ServingMetrics metrics, CancellationToken cancellationToken)
    {
        if (!request.HasJsonContentType())
            return Refuse(StatusCodes.Status415UnsupportedMediaType, $"Expected a body of type application/json, found {request.ContentType ?? "none"}.");
        string text;
        try
        {
            var body = await JsonSerializer.DeserializeAsync(request.Body, ServingJson.Default.ScoreRequest, cancellationToken);
            if (body is null)
                return Refuse(StatusCodes.Status400BadRequest, $"{Expected}, found null.");
            text = body.Text;
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return Refuse(e.StatusCode, $"Expected a body of at most {options.MaxBodyBytes} bytes, found more.");
        }
        catch (JsonException e)
        {
            return Refuse(StatusCodes.Status400BadRequest, $"{Expected}, found something else at byte {e.BytePositionInLine} of line {e.LineNumber + 1}.");
        }

        var tokens = WordTokenizer.Tokenize(text);
        if (tokens.Count == 0)
            return Refuse(StatusCodes.Status400BadRequest, "Expected a text with at least one word, found none.");
        if (tokens.Count > options.MaxWords)
            return Refuse(StatusCodes.Status400BadRequest, $"Expected a text of at most {options.MaxWords} words and punctuation marks, found {tokens.Count}.");

        // Taken once: a model that is loaded meanwhile serves the next request.
        var model = store.State.Model;
        var probabilities = model.Score(tokens);
        var words = new WordScore[tokens.Count];
        for (var i = 0; i < words.Length; i++)
            words[i] = new WordScore(text.Substring(tokens[i].Start, tokens[i].Length), tokens[i].Start, probabilities[i], probabilities[i] is not null);
        var known = words.Count(word => word.Known);
        metrics.CountWords(known, words.Length - known);
        return TypedResults.Ok(new ScoreResponse(words, model.Id));
    }

    private static ProblemHttpResult Refuse(int statusCode, string sentence) => TypedResults.Problem(sentence, statusCode: statusCode);
}
