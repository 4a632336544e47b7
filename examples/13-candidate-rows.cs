#:project ../src/Package/MlNetNtd.csproj
#:property PublishAot=false

// Makes rows of token sequences and an embedding table, with generated candidates from each kind of source.
using Microsoft.ML;
using MlNetNtd;

string[] texts = ["the cat sat on the mat", "the dog sat on the log", "a cat saw the dog run"];
string[][] sentences = [.. texts.Select(text => text.Split(' '))];
string[] vocabulary = [.. sentences.SelectMany(words => words).Distinct()];
int[][] sequences = [.. sentences.Select(words => words.Select(word => Array.IndexOf(vocabulary, word)).ToArray())];

// Here id 3 has the embedding (3, 3, 3). Those of a model come from a file,
//   EmbeddingTable.FromSafetensors("model.safetensors", "model.embed_tokens.weight")
// or from an IEmbeddingGenerator of Microsoft.Extensions.AI,
//   await EmbeddingTable.CreateAsync(vocabulary, async (words, cancel) =>
//       (await generator.GenerateAsync(words, cancellationToken: cancel)).Select(embedding => embedding.Vector))
var embeddings = EmbeddingTable.FromRows([.. Enumerable.Range(0, vocabulary.Length).Select(id => new float[] { id, id, id })]);

var mlContext = new MLContext(seed: 1);
foreach (var (name, candidates) in new[]
{
    ("drawn by frequency", CandidateSource.Unigram),
    ("drawn from what follows", CandidateSource.NGram(2)),
    ("in another order", CandidateSource.Shuffled),
    ("from another sequence", CandidateSource.OtherRows),
    ("from a delegate", CandidateSource.FromTokens((tokens, random) => [.. tokens.ToArray().Reverse()])),
})
{
    // Windows of four words; each begins two words after the window before. Without WindowTokens each sequence is one row.
    var rows = mlContext.Data.CreateDiscriminatorRows(sequences, embeddings, new DiscriminatorRowOptions
    {
        WindowTokens = 4,
        Stride = 2,
        Candidates = candidates,
        Seed = 1,
    });
    Console.WriteLine($"Candidates {name}:");
    foreach (var row in mlContext.Data.CreateEnumerable<Row>(rows, reuseRowObject: false).Take(2))
    {
        var kind = row.Label ? "real:     " : "generated:";
        Console.WriteLine($"  sequence {row.SequenceId}, {kind} {ToWords(row.PreviousEmbeddings)} | {ToWords(row.CurrentEmbeddings)}");
    }
}

string ToWords(float[] values) => string.Join(' ', values.Where((_, i) => i % 3 == 0).Select(id => vocabulary[(int)id]));

internal sealed class Row
{
    public float[] PreviousEmbeddings { get; set; } = [];       // (T, C), row-major
    public float[] CurrentEmbeddings { get; set; } = [];
    public bool Label { get; set; }
    public long SequenceId { get; set; }
}

// Output:
// Candidates drawn by frequency:
//   sequence 0, real:      the cat sat on | the cat sat on
//   sequence 0, generated: the cat sat on | on log the on
// Candidates drawn from what follows:
//   sequence 0, real:      the cat sat on | the cat sat on
//   sequence 0, generated: the cat sat on | on log sat on
// Candidates in another order:
//   sequence 0, real:      the cat sat on | the cat sat on
//   sequence 0, generated: the cat sat on | sat the cat on
// Candidates from another sequence:
//   sequence 0, real:      the cat sat on | the cat sat on
//   sequence 0, generated: the cat sat on | cat saw the dog
// Candidates from a delegate:
//   sequence 0, real:      the cat sat on | the cat sat on
//   sequence 0, generated: the cat sat on | on sat cat the
