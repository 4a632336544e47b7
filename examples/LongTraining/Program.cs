using MlNetNtd.Examples;
using MlNetNtd.Examples.LongTraining;

try
{
    return CommandLine.Run(args, Console.Out, Start);
}
catch (UserErrorException e)
{
    Console.Error.WriteLine(e.Message);
    return ExitCodes.UserError;
}
catch (InterruptedException e)
{
    Console.Error.WriteLine(e.Message);
    return ExitCodes.Interrupted;
}

static int Start(Settings settings)
{
    using var interrupt = new Interrupt();
    return new Session(settings, new Screen(Console.Out, Console.IsOutputRedirected), interrupt.Token).Run();
}
