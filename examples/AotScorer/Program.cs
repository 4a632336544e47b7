// Scores tokens with a model that ML.NET saved, without ML.NET, TorchSharp or a native library. As NativeAOT it is one small program:
//   dotnet publish examples/AotScorer -o scorer && ./scorer/AotScorer model.zip
using System.Diagnostics;
using System.Globalization;
using MlNetNtd;

if (args is not [var path])
{
    Console.Error.WriteLine($"Expected the path of a model that mlContext.Model.Save or 'ntd train' wrote, found {args.Length} arguments.");
    return 1;
}

// The model is a pipeline of the transform and the trainer. Its other steps are not read.
var scorer = TokenScorer.LoadModel(path);
Console.WriteLine($"C = {scorer.EmbeddingDimension}, up to {scorer.MaxTokens} tokens, {scorer.Config.Layers} layer of {scorer.Config.Heads} heads");

// One sequence: 4 real tokens, and a candidate for each of them. Candidate i is scored given the real tokens before it.
var real = MakeTokens(first: 0.2f, step: 0.25f);
var logits = new float[4];
scorer.Score(real, candidates: real, logits);
Print("Real candidates", logits);
scorer.Score(real, candidates: MakeTokens(first: 0.9f, step: -0.25f), logits);
Print("Falling candidates", logits);

// Many sequences of different lengths in one call, on all processors.
int[] lengths = [4, 2, 3];
var batchLogits = new float[lengths.Length * 4];
float[] batch = [.. real, .. real, .. real];
scorer.ScoreBatch(batch, batch, lengths, batchLogits);
Console.WriteLine($"Scores of the batch: {batchLogits.Count(float.IsFinite)}, as many as there are tokens");
Console.Error.WriteLine($"{(DateTime.Now - Process.GetCurrentProcess().StartTime).TotalMilliseconds:F0} ms after the start of the process");
return 0;

float[] MakeTokens(float first, float step) => [.. Enumerable.Range(0, 4).SelectMany(i => Enumerable.Repeat(first + i * step, scorer.EmbeddingDimension))];

void Print(string name, float[] logits) => Console.WriteLine(
    $"{name}: {string.Join(' ', logits.Select(logit => scorer.GetProbability(logit).ToString("F4", CultureInfo.InvariantCulture)))}");

// With a model of 8 dimensions that learned that real tokens rise.
// Output:
// C = 8, up to 8 tokens, 1 layer of 4 heads
// Real candidates: 0.5408 0.9930 0.9936 0.9937
// Falling candidates: 0.1177 0.9935 0.0039 0.0039
// Scores of the batch: 9, as many as there are tokens
