using Microsoft.ML;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace MlNetNtd.Studies.TextGan;

/// <summary>Evaluates discriminators on held-out text.</summary>
internal static class HeldOutEvaluation
{
    /// <summary>Evaluates a network on real and drawn words, batch by batch.</summary>
    public static NetworkMetrics EvaluateNetwork(NextTokenDiscriminatorTransformer transformer, DiscriminatorNetwork network, IDataView rows, Device device)
    {
        var auc = new Auc();
        var (realScores, drawnScores) = (new List<float>(), new List<float>());
        network.eval();
        using var noGrad = no_grad();
        foreach (var batch in transformer.ToBatches(rows, new SequenceBatchOptions { Device = device, ScalarColumnNames = [nameof(GanRow.Label)] }))
        {
            using (batch)
            {
                using var scope = NewDisposeScope();
                var scores = network.forward(batch.Sequences, null).cpu().data<float>().ToArray();
                var labels = batch.Scalars[nameof(GanRow.Label)].cpu().data<bool>().ToArray();
                var tokens = scores.Length / labels.Length;
                for (var i = 0; i < scores.Length; i++)
                {
                    auc.Add(scores[i], labels[i / tokens]);
                    (labels[i / tokens] ? realScores : drawnScores).Add(scores[i]);
                }
            }
        }

        var loss = realScores.Average(score => Softplus(-score)) + drawnScores.Average(score => Softplus(score));
        return new NetworkMetrics(auc.Compute(), drawnScores.Average(score => Softplus(-score)), loss / 2);
    }

    /// <summary>Computes the AUC of a fitted pipeline over tokens.</summary>
    public static double EvaluateModel(ITransformer model, IDataView rows) => ComputeAuc(model, rows, scores => scores);

    /// <summary>Computes the AUC of a fitted pipeline over windows, by the mean score of their tokens.</summary>
    public static double EvaluateModelByWindow(ITransformer model, IDataView rows) => ComputeAuc(model, rows, scores => [scores.Average()]);

    /// <summary>Computes the AUC of pair counts on the same candidates: their mutual information with the real word before them.</summary>
    /// <remarks>A window's first token scores 0.</remarks>
    public static double EvaluatePairs(PairCounts counts, IEnumerable<Example> examples)
    {
        var auc = new Auc();
        foreach (var example in examples)
        {
            for (var i = 0; i < example.Candidates.Length; i++)
                auc.Add(i == 0 ? 0 : (float)counts.Information(example.Words[i - 1], example.Candidates[i]), example.Label);
        }

        return auc.Compute();
    }

    private static double Softplus(float value) => Math.Max(0, value) + Math.Log(1 + Math.Exp(-Math.Abs(value)));

    private static double ComputeAuc(ITransformer model, IDataView rows, Func<float[], float[]> reduce)
    {
        var auc = new Auc();
        var scored = model.Transform(rows);
        foreach (var (scores, label) in scored.GetColumn<float[]>("TokenScores").Zip(scored.GetColumn<bool>(nameof(GanRow.Label))))
        {
            foreach (var score in reduce(scores))
                auc.Add(score, label);
        }

        return auc.Compute();
    }
}

/// <summary>The metrics of a discriminator on real and drawn words.</summary>
/// <param name="Auc">How often a real word scores above a drawn one.</param>
/// <param name="Adversarial">The generator's loss, in nats per drawn word.</param>
/// <param name="Loss">The discriminator's loss, in nats per word; both kinds have the same weight.</param>
internal sealed record NetworkMetrics(double Auc, double Adversarial, double Loss);
