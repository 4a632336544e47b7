using Spectre.Console;

namespace MlNetNtd.Examples.TextGan;

/// <summary>The table of a round: its figures, and what the generator writes by now.</summary>
internal static class RoundTable
{
    public static void Print(Screen screen, int round, int rounds, RoundResult result)
    {
        var table = new Table();
        table.AddColumns($"Round {round} of {rounds}", "");
        table.AddRow("Generator loss", Screen.Number(result.GeneratorLoss));
        table.AddRow("Next-word loss on held-out text", Screen.Number(result.HeldOutLoss));
        table.AddRow("Discriminator loss", Screen.Number(result.DiscriminatorLoss));
        table.AddRow("Discriminator AUC on held-out text", Screen.Number(result.Auc));
        table.AddRow("The generator writes", Markup.Escape(result.Sample));
        screen.Table(table);
    }
}
