using System.CommandLine;

namespace MlNetNtd.Tool;

/// <summary>ntd weights: writes the weights of a model.</summary>
internal static class WeightsCommand
{
    private const string Safetensors = "safetensors";

    public static Command Create(ToolConsole console)
    {
        var model = CommonOptions.ModelArgument();
        var output = new Argument<string>("FILE") { Description = "The file to write" };
        var format = new Option<string>("--to") { Description = "The format of the file", HelpName = Safetensors, DefaultValueFactory = _ => Safetensors };
        format.AcceptOnlyFromAmong(Safetensors);
        var modelOptions = new ModelOptions();
        var command = new DescribedCommand(
            "weights", "Writes the weights of a model under the names of its network, or the initial embedding of a model that is a transform alone.",
            "ntd weights model.zip --to safetensors weights.safetensors") { model, output, format };
        modelOptions.AddTo(command);
        command.Runs((result, _) =>
        {
            using var loaded = modelOptions.Load(result.GetValue(model)!, result, console);
            var path = result.GetValue(output)!;
            try
            {
                if (loaded.Scorer is { } scorer)
                    scorer.SaveWeights(path);
                else if (loaded.Transform is { } transform)
                    InitialEmbeddingFile.SaveSafetensors(path, transform.InitialEmbedding.AsSpan());
                else
                    throw new ToolException($"{loaded.Path}: expected a model of MlNetNtd, found {string.Join(", ", loaded.Stages.Select(LoadedModel.Name))}.");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new ToolException($"{path}: the file cannot be written: {e.Message}", e);
            }

            return ExitCode.Success;
        });
        return command;
    }
}
