using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;

namespace MlNetNtd.Serving;

/// <summary>The body of a request.</summary>
internal sealed record ScoreRequest(string Text);

/// <summary>The answer: a score for each word of the text, in its order.</summary>
/// <param name="Words">The words and punctuation marks.</param>
/// <param name="Model">The model that scored them, all by the same one.</param>
internal sealed record ScoreResponse(WordScore[] Words, string Model);

/// <summary>The score of a word.</summary>
/// <param name="Text">The word as the text has it.</param>
/// <param name="Start">The index of its first character in the text (UTF-16).</param>
/// <param name="Probability">The probability that it is the real word after those before it, 0 to 1; null if the word is unknown.</param>
/// <param name="Known">Whether the model knows the word.</param>
internal sealed record WordScore(string Text, int Start, float? Probability, bool Known);

/// <summary>The state of the server.</summary>
/// <param name="Status">Healthy, or Degraded where the model's files are not the model that serves.</param>
/// <param name="Problem">What is wrong with the files, a sentence; null: nothing.</param>
/// <param name="Model">The model that serves.</param>
/// <param name="Loaded">When it was loaded.</param>
/// <param name="Description">A sentence about its training.</param>
/// <param name="Words">The number of words that it knows.</param>
internal sealed record HealthResponse(string Status, string? Problem, string Model, DateTimeOffset Loaded, string Description, int Words);

/// <summary>Reads and writes the bodies as JSON, by code that the compiler generates: NativeAOT has no other.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ScoreRequest))]
[JsonSerializable(typeof(ScoreResponse))]
[JsonSerializable(typeof(HealthResponse))]
[JsonSerializable(typeof(ProblemDetails))]
internal sealed partial class ServingJson : JsonSerializerContext;
