using MlNetNtd.Examples;
using MlNetNtd.Examples.Imitation;

try
{
    return CommandLine.Run(args, Console.Out, settings => new Session(settings, new Screen(Console.Out, Console.IsOutputRedirected)).Run());
}
catch (UserErrorException e)
{
    Console.Error.WriteLine(e.Message);
    return ExitCodes.UserError;
}
