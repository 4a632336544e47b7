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
