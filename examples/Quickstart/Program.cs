using System.CommandLine;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetNtd;
using TorchSharp;

// From a text to what a next-token discriminator reads: tokens, embeddings, rows, the transform, and its model saved and loaded
// again. The tour is in Run.
var input = new Option<string>("--input") { HelpName = "FILE", Description = "The text, UTF-8 (default: the book that comes with the example)" };
var tokens = CreateNumber("--tokens", "T", "Tokens a row", defaultValue: 16, max: 2048);
var dimension = CreateNumber("--dim", "C", "Values an embedding", defaultValue: 32, max: 256);
var output = new Option<string>("--out") { HelpName = "model.zip", Description = "Where to keep the model (default: a temporary file, removed afterwards)" };
var command = new RootCommand("A tour of MlNetNtd: from a text to what a next-token discriminator reads.") { input, tokens, dimension, output };
command.SetAction(result => Run(
    result.GetValue(input) ?? Path.Combine(AppContext.BaseDirectory, "data", "alice.txt"),
    result.GetValue(tokens), result.GetValue(dimension), result.GetValue(output)));
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

static int Run(string inputPath, int tokens, int dimension, string? outputPath)
{
    if (outputPath is not null)
        CheckOutput(outputPath, inputPath);

    // Words, numbers and punctuation, in lower case. Bytes that are not UTF-8 are an error.
    var text = File.ReadAllText(inputPath, new UTF8Encoding(false, throwOnInvalidBytes: true));
    const string token = @"[\p{L}\p{M}]+(?:['’-][\p{L}\p{M}]+)*|\p{Nd}+|[\uD800-\uDBFF][\uDC00-\uDFFF]|([^\s\p{C}])\1*";
    string[] words = [.. Regex.Matches(text, token).Select(match => match.Value.ToLowerInvariant())];
    if (words.Length < tokens)
        throw new InvalidDataException($"The input '{inputPath}' is too short: it has {words.Length} tokens, and one row takes {tokens} (--tokens).");
    string[] vocabulary = [.. words.Distinct()];
    var ids = vocabulary.Index().ToDictionary(word => word.Item, word => word.Index);
    Console.WriteLine($"1. The text: {words.Length} tokens, {vocabulary.Length} different ones");
    Console.WriteLine($"   {inputPath}");

    // Random embeddings. Those of a model come from EmbeddingTable.FromSafetensors or CreateAsync.
    var random = new Random(1);
    var values = new float[vocabulary.Length, dimension];
    for (var i = 0; i < values.Length; i++)
        values[i / dimension, i % dimension] = random.NextSingle() - 0.5f;

    // Rows of T consecutive tokens. A generator of word pairs makes the candidates.
    var mlContext = new MLContext(seed: 1);
    var device = "the CPU (there is no CUDA device)";
    if (LibTorchProbe.CudaDevices() > 0)
        (mlContext.GpuDeviceId, mlContext.FallbackToCpu, device) = (0, false, "cuda:0");
    var rows = mlContext.Data.CreateDiscriminatorRows(
        [words.Select(word => ids[word]).ToArray()], EmbeddingTable.FromArray(values),
        new DiscriminatorRowOptions { WindowTokens = tokens, Candidates = CandidateSource.NGram(2), IncludeRealRows = false, Seed = 1 });

    // The transform: initial embedding, real tokens but for the last, candidates; and the mask.
    var model = mlContext.Transforms.NextTokenDiscriminator().Append(mlContext.Transforms.CopyColumns("Features", "Combined")).Fit(rows);
    using var owner = model as IDisposable;
    var transformed = model.Transform(rows);
    Console.WriteLine($"2. The transform: Combined is {transformed.Schema["Combined"].Type}, Mask is {transformed.Schema["Mask"].Type}");
    var combined = transformed.GetColumn<float[]>("Combined").First();
    foreach (var position in new SortedSet<int> { 0, Math.Min(1, tokens - 1), tokens, 2 * tokens - 1 })
    {
        var label = position == 0 ? "initial embedding"
            : position < tokens ? $"real \"{words[position - 1]}\"" : $"candidate for \"{words[position - tokens]}\"";
        var first = combined.Skip(position * dimension).Take(Math.Min(5, dimension));
        Console.WriteLine($"   {position,4} {label,-32} {string.Join(' ', first.Select(value => value.ToString("F3", CultureInfo.InvariantCulture).PadLeft(6)))}");
    }

    Console.WriteLine("3. The mask of four tokens: a candidate attends (o) the real tokens before it, and itself");
    for (var query = 0; query < 8; query++)
    {
        var keys = Enumerable.Range(0, 8).Select(key => NextTokenMask.IsBlocked(query, key, tokens: 4) ? '.' : 'o');
        Console.WriteLine($"   {(query < 4 ? "context  " : "candidate")} {query % 4}  {string.Join(' ', keys)}");
    }

    Console.WriteLine($"4. What ran. Engine: {(mlContext.GpuDeviceId is null ? EngineKind.Managed : EngineKind.Torch)}, device: {device}");
    foreach (var assembly in new[] { typeof(NextTokenDiscriminatorEstimator).Assembly, typeof(MLContext).Assembly, typeof(torch).Assembly })
        Console.WriteLine($"   {assembly.GetName().Name} {assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]}");

    // A context that has never seen the model: nothing but the file is shared.
    var modelPath = Path.GetTempFileName();
    try
    {
        mlContext.Model.Save(model, rows.Schema, modelPath);
        var reloaded = new MLContext().Model.Load(modelPath, out _);
        using var reloadedOwner = reloaded as IDisposable;
        var again = reloaded.Transform(rows);
        if (!AreSame<float>(transformed, again, "Combined") || !AreSame<bool>(transformed, again, "Mask"))
            throw new InvalidDataException("The reloaded model disagrees with the one that was saved.");
        Console.WriteLine($"5. The model, loaded again in a fresh MLContext: {new FileInfo(modelPath).Length} bytes");
        Console.WriteLine(outputPath is null ? "   It was in a temporary file, removed now: --out keeps it." : $"   Kept in {outputPath}");
        if (outputPath is not null)
            File.Copy(modelPath, outputPath, overwrite: true);
    }
    finally
    {
        File.Delete(modelPath);
    }

    var count = words.Length / tokens;
    Console.WriteLine($"OK: {count} {(count == 1 ? "row" : "rows")}, combined [{2 * tokens}, {dimension}], mask [{2 * tokens}, {2 * tokens}], "
        + "reloaded model agrees on every value");
    return 0;
}

// Bytes are compared, because -0 equals 0 and NaN does not equal itself.
static bool AreSame<T>(IDataView one, IDataView other, string column)
    where T : unmanaged => one.GetColumn<T[]>(column).SequenceEqual(
        other.GetColumn<T[]>(column), EqualityComparer<T[]>.Create((a, b) => MemoryMarshal.AsBytes<T>(a).SequenceEqual(MemoryMarshal.AsBytes<T>(b))));

// Before any work: a folder that is missing, and a text that would be lost.
static void CheckOutput(string path, string inputPath)
{
    if (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))))
        throw new InvalidDataException($"The output '{path}' is in a folder that does not exist.");
    if (Resolve(path) == Resolve(inputPath))
        throw new InvalidDataException($"The output '{path}' is the input; the model needs a file of its own.");

    static string Resolve(string path) =>
        new FileInfo(path).LinkTarget is null ? Path.GetFullPath(path) : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;
}

static Option<int> CreateNumber(string name, string symbol, string description, int defaultValue, int max) => new(name)
{
    HelpName = symbol,
    Description = $"{description}, 1 to {max}",
    DefaultValueFactory = _ => defaultValue,
    CustomParser = result =>
    {
        if (int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= 1 && value <= max)
            return value;
        result.AddError($"{name} takes a whole number from 1 to {max}, not '{result.Tokens[0].Value}'");
        return 0;
    },
};
