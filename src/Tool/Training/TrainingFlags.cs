using System.CommandLine;
using System.Text.Json;

namespace MlNetNtd.Tool;

/// <summary>A flag for each option of the trainer and of the transform before it.</summary>
/// <remarks>Both have some options of one name and meaning, such as MaxTokens; their flag sets both.</remarks>
internal sealed class TrainingFlags
{
    // The transform's rows in a block are another number than the trainer's in a batch.
    private static readonly string[] TrainerOnly = [nameof(NextTokenDiscriminatorTrainer.Options.BatchSize)];

    private readonly OptionFlags<NextTokenDiscriminatorTrainer.Options> _trainer = new([nameof(NextTokenDiscriminatorTrainer.Options.FeatureColumnName)]);
    private readonly OptionFlags<NextTokenDiscriminatorEstimator.Options> _transform;

    public TrainingFlags() => _transform = new(TrainerOnly, _trainer.Find);

    /// <summary>Adds the flags to a command.</summary>
    public void AddTo(Command command)
    {
        _trainer.AddTo(command);
        _transform.AddTo(command);
    }

    /// <summary>Sets the description of each flag.</summary>
    public void Describe()
    {
        _trainer.Describe();
        _transform.Describe();
    }

    /// <summary>Reads the options: the file's, then the flags.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="file">The JSON file; null if there is none.</param>
    /// <exception cref="ToolException">The file or a flag is invalid.</exception>
    public TrainingOptions Read(ParseResult result, string? file)
    {
        var options = file is null ? new TrainingOptions() : ReadFile(file);
        _transform.Apply(options.Transform, result);
        _trainer.Apply(options.Trainer, result);
        options.Trainer.FeatureColumnName = options.Transform.OutputColumnName;
        return options;
    }

    private static TrainingOptions ReadFile(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<TrainingOptions>(File.ReadAllText(file), OptionFlags.Json)
                ?? throw new ToolException($"{file}: expected options, found null.");
        }
        catch (JsonException e)
        {
            throw new ToolException($"{file}: expected {{\"transform\": {{...}}, \"trainer\": {{...}}}} with the names of the options, found something else: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"{file}: the file cannot be read: {e.Message}", e);
        }
    }
}
