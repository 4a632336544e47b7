using System.CommandLine;
using System.CommandLine.Help;
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
// again. The tour is in Run; the functions below it check what the command line says.
const int maxCharacters = 1 << 24;      // more than any book; a device would be read for ever
var input = new Option<string>("--input") { HelpName = "FILE", Description = "The text, UTF-8 (default: the book that comes with the example)" };
var tokenOption = CreateNumber("--tokens", "T", "Tokens a row", defaultValue: 16, max: 2048);
var dimensionOption = CreateNumber("--dim", "C", "Values an embedding", defaultValue: 32, max: 256);
var output = new Option<string>("--out") { HelpName = "model.zip", Description = "Where to keep the model (default: a temporary file, removed afterwards)" };
var command = new RootCommand("A tour of MlNetNtd: from a text to what a next-token discriminator reads.") { input, tokenOption, dimensionOption, output };
command.Options.Remove(command.Options.OfType<VersionOption>().Single());
command.Options.OfType<HelpOption>().Single().Action = new HelpAction { MaxWidth = 100 };
command.SetAction(result => Run(
    ReadName(result, input) ?? Path.Combine(AppContext.BaseDirectory, "data", "alice.txt"),
    result.GetValue(tokenOption), result.GetValue(dimensionOption), ReadName(result, output)));
try
{
    // No response files: the name of a file may begin with @.
    var result = command.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
    return result.Errors.Count > 0
        ? throw new InvalidDataException($"{result.Errors[0].Message.TrimEnd('.')}; --help shows the options.")
        : result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
{
    // What the user named is an InvalidDataException by now. All else is standard output, full or closed.
    Console.Error.WriteLine(e is InvalidDataException ? e.Message : $"The output of the program cannot be written: {e.Message.TrimEnd('.')}.");
    return 1;
}

static int Run(string inputPath, int tokens, int dimension, string? outputPath)
{
    var destination = outputPath is null ? null : CheckOutput(outputPath, inputPath);
    var modelPath = CreateModelFile(destination);
    try
    {
        // Words, numbers and punctuation, in lower case.
        const string token = @"[\p{L}\p{M}]+(?:['’-][\p{L}\p{M}]+)*|\p{Nd}+|[\uD800-\uDBFF][\uDC00-\uDFFF]|([^\s\p{C}])\1*";
        string[] words = [.. Regex.Matches(ReadText(inputPath), token).Select(match => match.Value.ToLowerInvariant())];
        if (words.Length < tokens)
            throw new InvalidDataException($"The input '{inputPath}' is too short: it has {words.Length} tokens, and one row takes {tokens} (--tokens).");
        string[] vocabulary = [.. words.Distinct()];
        var ids = vocabulary.Index().ToDictionary(word => word.Item, word => word.Index);
        Console.WriteLine($"1. The text: {words.Length} tokens, {vocabulary.Length} different ones");
        Console.WriteLine($"   {FitPath(inputPath)}");

        // Random embeddings. Those of a model come from EmbeddingTable.FromSafetensors or CreateAsync.
        var random = new Random(1);
        var values = new float[vocabulary.Length, dimension];
        for (var i = 0; i < values.Length; i++)
            values[i / dimension, i % dimension] = random.NextSingle() - 0.5f;

        // Rows of T tokens that stand together. A generator of word pairs makes the candidates.
        var mlContext = new MLContext(seed: 1);
        var device = "the CPU (there is no CUDA device)";
        if (HasCuda())
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
                : position < tokens ? $"real {Quote(words[position - 1])}" : $"candidate for {Quote(words[position - tokens])}";
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
        foreach (var (name, type) in new[] { ("MlNetNtd", typeof(NextTokenDiscriminatorEstimator)), ("Microsoft.ML", typeof(MLContext)), ("TorchSharp", typeof(torch)) })
        {
            var version = type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];
            Console.WriteLine($"   {name} {version}");
        }

        // A context that has never seen the model: nothing but the file is shared.
        mlContext.Model.Save(model, rows.Schema, modelPath);
        var reloaded = new MLContext().Model.Load(modelPath, out _);
        using var reloadedOwner = reloaded as IDisposable;
        var again = reloaded.Transform(rows);
        if (!AreSame<float>(transformed, again, "Combined") || !AreSame<bool>(transformed, again, "Mask"))
            throw new InvalidDataException("The reloaded model disagrees with the one that was saved.");
        Console.WriteLine($"5. The model, loaded again in a fresh MLContext: {new FileInfo(modelPath).Length} bytes");
        Console.WriteLine($"   {FitPath(destination ?? modelPath)}");
        Console.WriteLine($"   {(destination is null ? "A temporary file, removed at the end: --out keeps it." : "Kept there.")}");
        if (destination is not null)
            File.Move(modelPath, destination, overwrite: true);
        var count = words.Length / tokens;
        Console.WriteLine($"OK: {count} {(count == 1 ? "row" : "rows")}, combined [{2 * tokens}, {dimension}], mask [{2 * tokens}, {2 * tokens}], "
            + "reloaded model agrees on every value");
        return 0;
    }
    finally
    {
        File.Delete(modelPath);
    }
}

// Bytes are compared, because -0 equals 0 and NaN does not equal itself.
static bool AreSame<T>(IDataView one, IDataView other, string column)
    where T : unmanaged => one.GetColumn<T[]>(column).SequenceEqual(
        other.GetColumn<T[]>(column), EqualityComparer<T[]>.Create((a, b) => MemoryMarshal.AsBytes<T>(a).SequenceEqual(MemoryMarshal.AsBytes<T>(b))));

static bool HasCuda()
{
    try
    {
        return torch.TryInitializeDeviceType(DeviceType.CUDA) && torch.cuda.is_available();
    }
    catch (Exception e) when (e is DllNotFoundException or TypeInitializationException or NotSupportedException)
    {
        return false;   // no native libtorch, which the managed engine does not need
    }
}

static string Quote(string word) => $"\"{string.Concat(word.EnumerateRunes().Take(14))}\"";

static string FitPath(string path) => path.Length <= 45 ? path : $"...{path[^45..]}";

static string ReadText(string path)
{
    try
    {
        using var reader = new StreamReader(path, new UTF8Encoding(false, throwOnInvalidBytes: true));
        var buffer = new char[maxCharacters + 1];
        var text = new string(buffer, 0, reader.ReadBlock(buffer));
        return text.Length > maxCharacters ? throw new InvalidDataException($"The input '{path}' is too large: at most {maxCharacters} characters are read.")
            : string.IsNullOrWhiteSpace(text) ? throw new InvalidDataException($"The input '{path}' is empty; a text is needed.")
            : text.Contains('\0', StringComparison.Ordinal) ? throw new InvalidDataException($"The input '{path}' is not a text: it holds zero bytes.")
            : text;
    }
    catch (Exception e) when (e is IOException or UnauthorizedAccessException or DecoderFallbackException)
    {
        throw new InvalidDataException($"The input '{path}' cannot be read as UTF-8: {e.Message.TrimEnd('.')}.");
    }
}

// Found before any work is done: a place that keeps no model, or a file that must not be lost.
static string CheckOutput(string path, string inputPath)
{
    var full = ResolveLinks(path);
    var problem = Directory.Exists(full) ? "is a directory; the name of a file is needed"
        : !Directory.Exists(Path.GetDirectoryName(full)) ? "is in a directory that does not exist"
        : full == ResolveLinks(inputPath) ? "is the input; the model needs a file of its own"
        : IsDevice(full) ? "is no file that a model could be kept in" : null;
    return problem is null ? full : throw new InvalidDataException($"The output '{path}' {problem}.");
}

static string ResolveLinks(string path) =>
    new FileInfo(path).LinkTarget is null ? Path.GetFullPath(path) : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;

// A device or a pipe looks like an empty file, and keeps nothing that is written to it.
static bool IsDevice(string path)
{
    if (!File.Exists(path) || new FileInfo(path).Length > 0)
        return false;
    using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
    if (!file.CanSeek)
        return true;
    file.WriteByte(0);
    file.Flush();
    if (file.Length == 0)
        return true;
    file.SetLength(0);
    return false;
}

// The model is written beside its destination and moved there whole. What cannot be written is found before any work is done.
static string CreateModelFile(string? destination)
{
    var folder = destination is null ? Path.GetTempPath() : Path.GetDirectoryName(destination)!;
    var path = Path.Combine(folder, $"mlnetntd-{Path.GetFileNameWithoutExtension(Path.GetRandomFileName())}.zip");
    try
    {
        File.Create(path).Dispose();
        return path;
    }
    catch (Exception e) when (e is IOException or UnauthorizedAccessException)
    {
        throw new InvalidDataException(destination is null
            ? $"No temporary file can be written (TMPDIR says where): {e.Message.TrimEnd('.')}; --out says where to keep the model instead."
            : $"The output '{destination}' cannot be written: {e.Message.TrimEnd('.')}.");
    }
}

static string? ReadName(ParseResult result, Option<string> option) => result.GetValue(option) is not "" and var name
    ? name : throw new InvalidDataException($"{option.Name} takes the name of a file, not an empty text.");

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
