using MlNetNtd.Examples;
using MlNetNtd.Examples.TextGan;

return Ending.Of(() => CommandLine.Run(args, Console.Out, Start));

static int Start(Settings settings)
{
    var screen = new Screen(Console.Out, Console.IsOutputRedirected);
    if (settings.ScoreText is { } text)
        return new TextScoring(settings.OutputFolder, screen).Run(text);
    using var interrupt = new Interrupt();
    if (settings.Ablation)
        return new AblationRun(settings, screen, interrupt.Token).Run();
    return new Session(settings, screen, interrupt.Token).Run();
}
