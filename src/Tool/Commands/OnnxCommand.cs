using System.CommandLine;
using Microsoft.ML;

namespace MlNetNtd.Tool;

/// <summary>ntd onnx: writes a model as ONNX.</summary>
internal static class OnnxCommand
{
    public static Command Create(ToolConsole console)
    {
        var model = CommonOptions.ModelArgument();
        var output = new Argument<string>("FILE") { Description = "The ONNX file to write" };
        var tokenCount = new Option<string?>("--token-count-input")
        {
            Description = "Gives the ONNX model an input of this name with the number of tokens of each row. Default: as the scorer reads a token count",
            HelpName = "NAME",
        };
        var modelOptions = new ModelOptions();
        var command = new DescribedCommand(
            "onnx", "Writes the scorer of a model, and the transform before it, as an ONNX model.",
            "ntd onnx model.zip model.onnx",
            "ntd onnx model.zip model.onnx --token-count-input TokenCount") { model, output, tokenCount };
        modelOptions.AddTo(command);
        command.Runs((result, _) =>
        {
            using var loaded = modelOptions.Load(result.GetValue(model)!, result, console);
            var scorer = loaded.RequireScorer();
            // Other stages have no part in the ONNX model, which would give other scores without them.
            if (loaded.Stages.FirstOrDefault(stage => stage != scorer && stage != loaded.Transform) is { } other)
            {
                throw new ToolException(
                    $"{loaded.Path}: expected a scorer, or a transform and a scorer, found {LoadedModel.Name(other)} too; mlContext.Model.ConvertToOnnx converts whole pipelines.");
            }

            var path = result.GetValue(output)!;
            try
            {
                scorer.SaveAsOnnx(path, new OnnxExportOptions { Transformer = loaded.Transform, TokenCountInputName = result.GetValue(tokenCount) });
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
