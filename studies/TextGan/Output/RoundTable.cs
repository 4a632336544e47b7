using Spectre.Console;

namespace MlNetNtd.Examples.TextGan;

/// <summary>How the two networks stand, beside what counting reaches, and what the generator writes by now.</summary>
internal static class RoundTable
{
    /// <param name="screen">Where to.</param>
    /// <param name="title">After which round.</param>
    /// <param name="standing">How the networks stand.</param>
    /// <param name="losses">What the round came to; null before the first.</param>
    /// <param name="wordNats">What counting single words comes to on held-out text, in nats a word.</param>
    /// <param name="pairNats">What counting pairs comes to.</param>
    public static void Print(Screen screen, string title, Standing standing, RoundLosses? losses, double wordNats, double pairNats)
    {
        var table = new Table();
        table.AddColumns(title, "", "pairs", "single words");
        table.AddRow("Next-word loss on held-out text", Screen.Number(standing.HeldOutLoss), Screen.Number(pairNats), Screen.Number(wordNats));
        table.AddRow("AUC of true against drawn words", Screen.Number(standing.Discriminator.Auc), Screen.Number(standing.PairAuc), "0.500");
        if (losses is not null)
        {
            table.AddRow("Generator, teacher forcing", Screen.Number(losses.TeacherForcing), "", "");
            table.AddRow("Generator, adversarial", Screen.Number(losses.Adversarial), "", "");
            table.AddRow("Discriminator", Screen.Number(losses.Discriminator), "", "");
        }

        screen.Table(table);
        screen.Line($"The generator writes: {standing.Sample}");
    }
}
