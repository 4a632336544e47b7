using MlNetNtd.Examples;
using MlNetNtd.Examples.Imitation;

return Ending.Of(() => CommandLine.Run(args, Console.Out, settings => new Session(settings, new Screen(Console.Out, Console.IsOutputRedirected)).Run()));
