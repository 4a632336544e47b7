using MlNetNtd.Examples;
using MlNetNtd.Examples.Quickstart;

return Ending.Of(() => CommandLine.Run(args, Console.Out, settings => new Tour(settings, new Report(Console.Out)).Run()));
