using System.IO.Hashing;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MlNetNtd.Tool;

/// <summary>A model zip that was checked and loaded.</summary>
internal sealed class LoadedModel : IDisposable
{
    private readonly ITransformer _model;

    private LoadedModel(string path, MLContext context, ModelFileDescription description, ITransformer model, DataViewSchema? inputSchema, string fingerprint)
    {
        (Path, Context, Description, _model, InputSchema, Fingerprint) = (path, context, description, model, inputSchema, fingerprint);
        Stages = model is IEnumerable<ITransformer> chain ? [.. chain] : [model];
        Transform = Stages.OfType<NextTokenDiscriminatorTransformer>().LastOrDefault();
        Scorer = Stages.OfType<NextTokenDiscriminatorScorer>().LastOrDefault();
    }

    public string Path { get; }

    public MLContext Context { get; }

    /// <summary>Gets what the check of the zip found.</summary>
    public ModelFileDescription Description { get; }

    /// <summary>Gets the columns of the rows that the model was fitted on; null if the model does not say.</summary>
    public DataViewSchema? InputSchema { get; }

    /// <summary>Gets the hash of the file.</summary>
    public string Fingerprint { get; }

    /// <summary>Gets the stages in order.</summary>
    public IReadOnlyList<ITransformer> Stages { get; }

    /// <summary>Gets the transform that combines sequences; null if the model has none.</summary>
    public NextTokenDiscriminatorTransformer? Transform { get; }

    /// <summary>Gets the scorer; null if the model has none.</summary>
    public NextTokenDiscriminatorScorer? Scorer { get; }

    /// <summary>Checks a model zip and loads it. The file is read once, so nothing can change between the two.</summary>
    /// <param name="path">The file's path.</param>
    /// <param name="options">Says what the file may name.</param>
    /// <param name="log">Gets the warnings of ML.NET and the library.</param>
    /// <exception cref="ToolException">The file is missing, or is no model that can be loaded.</exception>
    public static LoadedModel Load(string path, ModelFileOptions options, Action<string> log)
    {
        using var stream = new MemoryStream(ReadFile(path), writable: false);
        try
        {
            var description = ModelFileInspector.Inspect(stream, options);
            var context = CreateContext(log);
            stream.Position = 0;
            var fingerprint = Convert.ToHexStringLower(XxHash128.Hash(stream.ToArray()));
            var model = context.Model.Load(stream, out var inputSchema);
            return new LoadedModel(path, context, description, model, inputSchema, fingerprint);
        }
        catch (ModelFileException e)
        {
            throw new ToolException($"{path}: expected a model that ML.NET saved. {e.Message}", e);
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException or IOException)
        {
            throw new ToolException($"{path}: the model cannot be loaded: {GetCause(e).Message}", e);
        }
    }

    // ML.NET wraps the error of a part in one that only says that an object could not be created.
    private static Exception GetCause(Exception error) =>
        error is FormatException || error.InnerException is null ? error : GetCause(error.InnerException);

    /// <summary>Creates a context whose warnings are logged.</summary>
    public static MLContext CreateContext(Action<string> log, int? seed = null)
    {
        var context = new MLContext(seed);
        context.Log += (_, e) =>
        {
            if (e.Kind == ChannelMessageKind.Warning)
                log(e.RawMessage);
        };
        return context;
    }

    /// <summary>Gets the scorer.</summary>
    /// <exception cref="ToolException">The model has none.</exception>
    public NextTokenDiscriminatorScorer RequireScorer() =>
        Scorer ?? throw new ToolException($"{Path}: expected a model with a next-token discriminator that scores, found {string.Join(", ", Stages.Select(Name))}.");

    /// <summary>Names the type of a stage.</summary>
    public static string Name(ITransformer stage) => stage.GetType().Name;

    public void Dispose() => (_model as IDisposable)?.Dispose();

    private static byte[] ReadFile(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ToolException($"{path}: expected a model, found no such file.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"{path}: the model cannot be read: {e.Message}", e);
        }
    }
}
