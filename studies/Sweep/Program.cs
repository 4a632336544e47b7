using MlNetNtd.Examples;
using MlNetNtd.Examples.Sweep;

return Ending.Of(() => CommandLine.Run(args, Console.Out, Start));

static int Start(Settings settings)
{
    using var interrupt = new Interrupt();
    return new Session(settings, new Screen(Console.Out, Console.IsOutputRedirected), interrupt.Token).Run();
}
