using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetNtd.Tests;

namespace MlNetNtd.Tool.Tests;

/// <summary>A small model of a transform and a scorer, saved once for all tests.</summary>
[TestClass]
public static class SampleModel
{
    /// <summary>C.</summary>
    internal const int Dimension = Samples.Dimension;

    /// <summary>The longest row.</summary>
    internal const int MaxTokens = TokenRow.Tokens;

    private static readonly string Folder = Directory.CreateTempSubdirectory("mlnetntd-").FullName;

    private static readonly Lazy<string> Lazy = new(() => Save("model.zip"));

    /// <summary>Gets the path of the model.</summary>
    internal static string Path => Lazy.Value;

    /// <summary>Saves a model that has seen eight rows, with one candidate of each token or several.</summary>
    internal static string Save(string name, Action<NextTokenDiscriminatorTrainer.Options>? configure = null, int candidates = 1)
    {
        var path = System.IO.Path.Combine(Folder, name);
        var context = new MLContext(1);
        var rows = context.Data.LoadFromEnumerable(WithCandidates(Samples.Free(8, MaxTokens), candidates));
        var transform = CreateTransform(context, candidates).Fit(rows);
        using var scorer = Trainers.Small(context, configure).Fit(transform.Transform(rows));
        using var chain = transform.Append(scorer);
        context.Model.Save(chain, rows.Schema, path);
        return path;
    }

    /// <summary>Saves a model that is a transform alone.</summary>
    internal static string SaveTransform(string name)
    {
        var path = System.IO.Path.Combine(Folder, name);
        var context = new MLContext(1);
        var rows = context.Data.LoadFromEnumerable(Samples.Free(8, MaxTokens));
        context.Model.Save(CreateTransform(context).Fit(rows), rows.Schema, path);
        return path;
    }

    /// <summary>Scores rows with ML.NET alone.</summary>
    internal static List<Scores> Score(IEnumerable<TrainingRow> rows)
    {
        var context = new MLContext(1);
        using var model = (TransformerChain<ITransformer>)context.Model.Load(Path, out _);
        return model.Scores(context, context.Data.LoadFromEnumerable(rows));
    }

    /// <summary>Repeats the candidate of each token.</summary>
    internal static List<TrainingRow> WithCandidates(IEnumerable<TrainingRow> rows, int candidates)
    {
        List<TrainingRow> all = [.. rows];
        foreach (var row in all)
            row.CurrentEmbeddings = [.. row.CurrentEmbeddings.Chunk(Dimension).SelectMany(token => Enumerable.Repeat(token, candidates).SelectMany(values => values))];
        return all;
    }

    [AssemblyCleanup]
    public static void Cleanup() => Directory.Delete(Folder, recursive: true);

    private static NextTokenDiscriminatorEstimator CreateTransform(MLContext context, int candidates = 1) => context.Transforms.NextTokenDiscriminator(
        new NextTokenDiscriminatorEstimator.Options { EmbeddingDimension = Dimension, MaxTokens = MaxTokens, CandidatesPerToken = candidates });
}
