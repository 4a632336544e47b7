using System.CommandLine;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tool;

/// <summary>ntd transform: combines sequences under their mask.</summary>
internal static class TransformCommand
{
    public static Command Create(ToolConsole console)
    {
        var model = CommonOptions.Model(required: false);
        var flags = new OptionFlags<NextTokenDiscriminatorEstimator.Options>();
        var (tables, modelOptions) = (new TableOptions(), new ModelOptions());
        var command = new DescribedCommand(
            "transform", "Combines real and candidate embeddings into sequences and their attention masks, as a model's transform or the options say.",
            "ntd transform rows.parquet --embedding-dimension 64 --max-tokens 128 --output combined.parquet",
            "ntd transform 'part-*.parquet' --model model.zip --output combined/",
            "producer | ntd transform - --embedding-dimension 64 --mask-column-name '' | consumer");
        tables.AddTo(command);
        command.Add(model);
        flags.AddTo(command);
        modelOptions.AddTo(command);
        command.Describe = flags.Describe;
        command.Runs((result, cancellationToken) =>
        {
            var job = tables.Read(result, console);
            if (result.GetValue(model) is { } path)
            {
                if (flags.FindGiven(result) is { } given)
                    throw new ToolException($"{given}: expected the options of the transform or --model, whose transform has its own, found both.");
                using var loaded = modelOptions.Load(path, result, console);
                job.Run("transform", loaded.Fingerprint, "", ModelPipeline.ForTransform(loaded), cancellationToken);
                return ExitCode.Success;
            }

            var options = flags.Apply(new NextTokenDiscriminatorEstimator.Options(), result);
            using var transform = Fit(options, job, console);
            job.Run("transform", OptionFlags.Serialize(options), "", ModelPipeline.ForTransform(transform), cancellationToken);
            return ExitCode.Success;
        });
        return command;
    }

    // The dimension must be among the options: a stream has no rows to look at before they are transformed.
    private static NextTokenDiscriminatorTransformer Fit(NextTokenDiscriminatorEstimator.Options options, TableJob job, ToolConsole console)
    {
        if (options.EmbeddingDimension is null or 0)
            throw new ToolException("Expected --embedding-dimension, the values of a token's embedding, or --model, found neither.");
        var context = LoadedModel.CreateContext(message => CommandLine.Report(console, $"warning: {message}"));
        var schema = new DataViewSchema.Builder();
        foreach (var name in (string[])[options.PreviousColumnName, options.CurrentColumnName])
            schema.AddColumn(name, new VectorDataViewType(NumberDataViewType.Single));
        return context.Transforms.NextTokenDiscriminator(options).Fit(new EmptyDataView(schema.ToSchema()));
    }
}
