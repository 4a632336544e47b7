using System.CommandLine;
using System.CommandLine.Help;

namespace MlNetNtd.Examples.Cluster;

/// <summary>The arguments, their limits and the help.</summary>
internal static class CommandLine
{
    private const int MaxEpochs = 1000;

    /// <summary>Parses the arguments, then starts the program or prints the help.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="output">Where the help goes.</param>
    /// <param name="start">What to do with valid arguments, the model's path and the number of epochs; returns the exit code.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="UserErrorException">An argument is unknown or out of its range.</exception>
    public static int Run(string[] args, TextWriter output, Func<string, int, int> start)
    {
        var model = new Argument<string>("MODEL")
        {
            Description = "The model zip to write; while it trains, a checkpoint lies beside it",
            DefaultValueFactory = _ => "model.zip",
        };
        var epochs = new Argument<int>("EPOCHS")
        {
            Description = $"Epochs, 1 to {MaxEpochs}",
            DefaultValueFactory = _ => 5,
            CustomParser = result => WholeNumber.Parse(result, "EPOCHS", 1, MaxEpochs) ?? 0,
        };
        var root = new RootCommand(
            "Trains a discriminator of MlNetNtd by several processes: mpirun -n 2 dotnet Cluster.dll, or srun (train.sbatch). Started alone it trains alone.")
        {
            model, epochs,
        };
        // The version of an example says nothing.
        root.Options.Remove(root.Options.OfType<VersionOption>().Single());
        root.Options.OfType<HelpOption>().Single().Action = new HelpAction { MaxWidth = Screen.PlainWidth };
        root.SetAction(result => start(Path(result.GetValue(model)!), result.GetValue(epochs)));

        // No response files: a model may well be called @something.
        var result = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (result.Errors.Count > 0)
            throw new UserErrorException($"{result.Errors[0].Message.TrimEnd('.')}; --help shows the arguments.");
        return result.Invoke(new InvocationConfiguration { Output = output, EnableDefaultExceptionHandler = false });
    }

    // An option that there is not would become a file of that name.
    private static string Path(string model) => model switch
    {
        "" => throw new UserErrorException("MODEL takes the name of a file, not an empty text; --help shows the arguments."),
        ['-', ..] => throw new UserErrorException($"Unrecognized option '{model}' (a file of that name: ./{model}); --help shows the arguments."),
        _ => model,
    };
}
