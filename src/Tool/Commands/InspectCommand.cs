using System.CommandLine;

namespace MlNetNtd.Tool;

/// <summary>ntd inspect: says what is in a model zip.</summary>
internal static class InspectCommand
{
    public static Command Create(ToolConsole console)
    {
        var (model, json, modelOptions) = (CommonOptions.ModelArgument(), CommonOptions.Json(), new ModelOptions());
        var command = new DescribedCommand(
            "inspect", "Says what is in a model: stages, columns, sizes, options, training history, weights.",
            "ntd inspect model.zip",
            "ntd inspect model.zip --json") { model, json };
        modelOptions.AddTo(command);
        command.Runs((result, _) =>
        {
            using var loaded = modelOptions.Load(result.GetValue(model)!, result, console);
            var description = ModelDescription.Create(loaded);
            console.Out.WriteLine(result.GetValue(json) ? description.ToJson() : description.ToText());
            return ExitCode.Success;
        });
        return command;
    }
}
