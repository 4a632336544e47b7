using System.CommandLine;

namespace MlNetNtd.Tool;

/// <summary>The options that say which stages of other origin a model may have.</summary>
internal sealed class ModelOptions
{
    private readonly Option<string[]> _stages = new("--allow-stage")
    {
        Description = "Loads a model with this stage, whose bytes cannot be checked; may be repeated",
        HelpName = "NAME",
    };

    private readonly Option<string[]> _assemblies = new("--allow-assembly")
    {
        Description = "Loads a model that names this assembly, as a custom mapping does; may be repeated",
        HelpName = "NAME",
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_stages);
        command.Add(_assemblies);
    }

    /// <summary>Loads the model.</summary>
    /// <exception cref="ToolException">The file is missing, or is no model that can be loaded.</exception>
    public LoadedModel Load(string path, ParseResult result, ToolConsole console)
    {
        var options = new ModelFileOptions();
        options.AllowedStages.UnionWith(result.GetValue(_stages) ?? []);
        options.AllowedAssemblies.UnionWith(result.GetValue(_assemblies) ?? []);
        return LoadedModel.Load(path, options, message => CommandLine.Report(console, $"warning: {message}"));
    }
}
