using System.CommandLine;

namespace MlNetNtd.Examples.Cluster;

/// <summary>The arguments and the help.</summary>
internal static class CommandLine
{
    private const int MaxEpochs = 1000;

    /// <summary>Parses the arguments, then starts the program or prints the help.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="start">Runs the program with the model's path and the number of epochs, and returns the exit code.</param>
    /// <returns>The exit code; 1 if an argument is invalid, after a sentence on standard error.</returns>
    public static int Run(string[] args, Func<string, int, int> start)
    {
        var model = new Argument<string>("MODEL")
        {
            Description = "The model zip to write; while it trains, a checkpoint lies beside it",
            DefaultValueFactory = _ => "model.zip",
        };
        // An unknown option would become a file of that name.
        model.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: "" }])
                result.AddError("MODEL takes the name of a file, not an empty text");
            else if (result.Tokens is [{ Value: ['-', ..] and var name }])
                result.AddError($"Unrecognized option '{name}' (a file of that name: ./{name})");
        });
        var epochs = new Argument<int>("EPOCHS")
        {
            Description = $"Epochs, 1 to {MaxEpochs}",
            DefaultValueFactory = _ => 5,
            CustomParser = result =>
            {
                if (int.TryParse(result.Tokens[0].Value, out var value) && value is >= 1 and <= MaxEpochs)
                    return value;
                result.AddError($"EPOCHS takes a whole number from 1 to {MaxEpochs}, not '{result.Tokens[0].Value}'");
                return 0;
            },
        };
        var root = new RootCommand(
            "Trains a discriminator of MlNetNtd by several processes: mpirun -n 2 dotnet Cluster.dll, or srun (train.sbatch). Started alone it trains alone.")
        {
            model, epochs,
        };
        root.SetAction(result => start(result.GetValue(model)!, result.GetValue(epochs)));

        var result = root.Parse(args);
        if (result.Errors.Count == 0)
            return result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        Console.Error.WriteLine($"{result.Errors[0].Message.TrimEnd('.')}; --help shows the arguments.");
        return 1;
    }
}
