// Trains the model that examples/Serving serves: a discriminator that tells the words of a text from words drawn by frequency.
//   dotnet run -c Release --project examples/WordModel                                  (the book that comes with the examples)
//   dotnet run -c Release --project examples/WordModel -- --input my.txt --out my-model
using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.ML;
using MlNetNtd;
using MlNetNtd.Serving;
using MlNetNtd.WordModel;

const int windowTokens = 32;        // the network sees so many words at once
const int dimension = 32;           // values of an embedding
const int blockTokens = 512;        // the text is cut into blocks; each is either trained on or held out
const int heldOutBlocks = 10;       // one block in so many
const int minCount = 2;             // words that stand less often are unknown

var input = new Option<string>("--input") { HelpName = "FILE", Description = "The text, UTF-8 (default: the book that comes with the examples)" };
var output = new Option<string>("--out") { HelpName = "FOLDER", Description = "The folder of the model (default: word-model)", DefaultValueFactory = _ => "word-model" };
var epochs = new Option<int>("--epochs") { HelpName = "N", Description = "Passes over the text, at most", DefaultValueFactory = _ => 15 };
var command = new RootCommand("Trains the model that examples/Serving serves.") { input, output, epochs };
command.SetAction(result => Train(
    result.GetValue(input) ?? Path.Combine(AppContext.BaseDirectory, "data", "alice.txt"), result.GetValue(output)!, result.GetValue(epochs)));
try
{
    var result = command.Parse(args);
    return result.Errors.Count > 0
        ? throw new InvalidDataException($"{result.Errors[0].Message.TrimEnd('.')}; --help shows the options.")
        : result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException or ArgumentException)
{
    Console.Error.WriteLine(e is DecoderFallbackException ? $"The input is not a text in UTF-8: {e.Message}" : e.Message);
    return 1;
}

static int Train(string inputPath, string folder, int epochs)
{
    var text = File.ReadAllText(inputPath, new UTF8Encoding(false, throwOnInvalidBytes: true));
    string[][] blocks = [.. WordTokenizer.Tokenize(text).Select(token => token.Word).Chunk(blockTokens).Where(block => block.Length >= windowTokens)];
    if (blocks.Length < heldOutBlocks)
        throw new InvalidDataException($"{inputPath}: expected a text of at least {heldOutBlocks * blockTokens} words, found {blocks.Sum(block => block.Length)}.");

    // The vocabulary and the embeddings know nothing of the blocks that are held out, as the network does not.
    string[][] training = [.. blocks.Where((_, i) => !IsHeldOut(i))];
    string[] words = [Vocabulary.UnknownWord, .. training.SelectMany(block => block).CountBy(word => word).Where(count => count.Value >= minCount).Select(count => count.Key)];
    var ids = words.Index().ToDictionary(word => word.Item, word => word.Index);
    int[][] trainingIds = [.. training.Select(ToIds)];
    int[][] heldOutIds = [.. blocks.Where((_, i) => IsHeldOut(i)).Select(ToIds)];
    Console.WriteLine($"{Path.GetFileName(inputPath)}: {blocks.Sum(block => block.Length)} words and punctuation marks, {words.Length - 1} different ones that stand {minCount} times or more");
    var embeddings = NeighborEmbeddings.Learn(trainingIds, words.Length, dimension);

    var mlContext = new MLContext(seed: 1);
    var table = EmbeddingTable.FromArray(embeddings, dimension);
    var rows = CreateRows(trainingIds, stride: windowTokens / 4);
    using var model = mlContext.Transforms.NextTokenDiscriminator()
        .Append(mlContext.BinaryClassification.Trainers.NextTokenDiscriminator(new NextTokenDiscriminatorTrainer.Options
        {
            LabelColumnName = "TokenLabels",
            SamplingKeyColumnName = "SequenceId",
            LearningRate = 3e-3,
            Epochs = epochs,
            ProgressSeconds = 0,
            Seed = 1,
        }))
        .Fit(rows);
    var metrics = mlContext.BinaryClassification.EvaluateTokens(model.Transform(CreateRows(heldOutIds, stride: windowTokens)), labelColumnName: "TokenLabels");
    var description = string.Create(
        CultureInfo.InvariantCulture,
        $"Trained on {training.Sum(block => block.Length):N0} words and punctuation marks of {Path.GetFileName(inputPath)}. In passages that were held out, it scores a real word higher than a drawn one {100 * metrics.AreaUnderRocCurve:F0}% of the time.");
    Console.WriteLine(description);

    // The model first: the server takes the pair when the words that belong to it are there too.
    Directory.CreateDirectory(folder);
    var modelPath = Path.Combine(folder, ServedFiles.Scorer);
    var unfinished = $"{modelPath}.partial";
    mlContext.Model.Save(model, rows.Schema, unfinished);
    var hash = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(unfinished)));
    File.Move(unfinished, modelPath, overwrite: true);
    new Vocabulary(words, embeddings, hash, description).Write(Path.Combine(folder, ServedFiles.Vocabulary));
    Console.WriteLine($"Written: {folder} ({ServedFiles.Scorer}, {ServedFiles.Vocabulary})");
    return 0;

    int[] ToIds(string[] block) => [.. block.Select(word => ids.GetValueOrDefault(word, Vocabulary.UnknownId))];

    // Each window twice: with its own words as candidates, and with words of the text drawn by frequency.
    IDataView CreateRows(int[][] sequences, int stride) => mlContext.Data.CreateDiscriminatorRows(
        sequences, table, new DiscriminatorRowOptions { WindowTokens = windowTokens, Stride = stride, Candidates = CandidateSource.Unigram, SkipShortSequences = true, Seed = 1 });

    static bool IsHeldOut(int block) => block % heldOutBlocks == heldOutBlocks / 2;
}
