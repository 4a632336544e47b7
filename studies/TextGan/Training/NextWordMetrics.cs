using TorchSharp;

namespace MlNetNtd.Studies.TextGan;

/// <summary>The generator's metrics under teacher forcing, in nats per word.</summary>
/// <param name="Loss">The mean negative log probability of the real words.</param>
/// <param name="Entropy">The mean entropy of its distributions: below the loss, it is surer than it should be, and so sharper than the text.</param>
internal sealed record NextWordMetrics(double Loss, double Entropy)
{
    /// <summary>Evaluates the generator on held-out text.</summary>
    /// <param name="experiment">The text and the generator.</param>
    /// <param name="temperature">Divides the logits.</param>
    public static NextWordMetrics Evaluate(Experiment experiment, double temperature = 1)
    {
        var (loss, entropy, words) = (0.0, 0.0, 0L);
        using var noGrad = torch.no_grad();
        experiment.Generator.eval();
        foreach (var batch in experiment.ReadBatches(experiment.Dataset.HeldOut, null))
        {
            var logits = experiment.Generator.forward(batch.Context).Div(temperature);
            var count = batch.Words.numel();
            loss += count * GeneratorLoss.TeacherForcing(logits, batch.Words).ItemSingle();
            entropy -= count * logits.softmax(-1).mul(logits.log_softmax(-1)).sum(-1).mean().ItemSingle();
            words += count;
        }

        return new NextWordMetrics(loss / words, entropy / words);
    }
}
