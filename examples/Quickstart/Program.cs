using MlNetNtd.Examples;
using MlNetNtd.Examples.Quickstart;

try
{
    return CommandLine.Run(args, Console.Out, settings => new Tour(settings, new Report(Console.Out)).Run());
}
catch (UserErrorException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException)
{
    // Whatever the tour reads or writes besides is a user's error by name: this is standard output, full or closed.
    Console.Error.WriteLine($"The output of the program cannot be written: {e.Message.TrimEnd('.')}.");
    return 1;
}
