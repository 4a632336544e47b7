using Microsoft.ML;
using MlNetNtd;

// Rows for a discriminator of sentences: each sentence is a sequence of ids, and a table has an embedding for each id.
string[] texts = ["the cat sat on the mat", "the dog sat on the log", "a cat saw the dog"];
var sentences = texts.Select(text => text.Split(' ')).ToArray();
string[] vocabulary = [.. sentences.SelectMany(words => words).Distinct()];
int[][] sequences = [.. sentences.Select(words => words.Select(word => Array.IndexOf(vocabulary, word)).ToArray())];

// Any embedding will do here: id 3 is (3, 3, 3). With a model of Microsoft.Extensions.AI it would be
//   await EmbeddingTable.CreateAsync(vocabulary, async (words, cancel) =>
//       (await generator.GenerateAsync(words, cancellationToken: cancel)).Select(embedding => embedding.Vector))
// and with a file of weights EmbeddingTable.FromSafetensors("model.safetensors", "model.embed_tokens.weight").
var embeddings = EmbeddingTable.FromRows([.. Enumerable.Range(0, vocabulary.Length).Select(id => new float[] { id, id, id })]);

var mlContext = new MLContext(seed: 1);
foreach (var (name, candidates) in new[]
{
    ("n-gram", CandidateSource.NGram(2)),
    ("shuffled", CandidateSource.Shuffled),
    ("other rows", CandidateSource.OtherRows),
    ("a delegate", CandidateSource.FromTokens((tokens, random) => [.. tokens.ToArray().Reverse()])),
})
{
    // Windows of four words, each beginning two words behind the one before.
    var rows = mlContext.Data.CreateDiscriminatorRows(
        sequences, embeddings, new DiscriminatorRowOptions { WindowTokens = 4, Stride = 2, Candidates = candidates, Seed = 1 });

    Console.WriteLine($"{name}:");
    foreach (var row in mlContext.Data.CreateEnumerable<Row>(rows, reuseRowObject: false))
        Console.WriteLine($"  {row.SequenceId} {(row.Label ? "real     " : "generated")} {Words(row.PreviousEmbeddings)} | {Words(row.CurrentEmbeddings)}");
}

string Words(float[] values) => string.Join(" ", values.Where((_, i) => i % embeddings.Dimension == 0).Select(id => vocabulary[(int)id]));

internal sealed class Row
{
    public float[] PreviousEmbeddings { get; set; } = [];
    public float[] CurrentEmbeddings { get; set; } = [];
    public bool Label { get; set; }
    public long SequenceId { get; set; }
}
