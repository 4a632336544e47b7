using Microsoft.ML;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace MlNetNtd.Examples.TextGan;

/// <summary>How well a discriminator tells the text from what is not the text, where neither side has learned.</summary>
internal static class HeldOutJudge
{
    /// <summary>What a network makes of true and drawn words, by the hand-off of tensors.</summary>
    public static NetworkJudgement OfNetwork(NextTokenDiscriminatorTransformer stage, DiscriminatorNetwork network, IDataView rows, Device device)
    {
        var auc = new Auc();
        var (trueScores, falseScores) = (new List<float>(), new List<float>());
        network.eval();
        using var quiet = no_grad();
        foreach (var batch in stage.ToBatches(rows, new SequenceBatchOptions { Device = device, ScalarColumnNames = [nameof(GanRow.Label)] }))
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
                    (labels[i / tokens] ? trueScores : falseScores).Add(scores[i]);
                }
            }
        }

        var unsure = trueScores.Average(score => Softplus(-score)) + falseScores.Average(score => Softplus(score));
        return new NetworkJudgement(auc.Value(), falseScores.Average(score => Softplus(-score)), unsure / 2);
    }

    /// <summary>The AUC over tokens of a fitted pipeline, by its columns.</summary>
    public static double OfModel(ITransformer model, IDataView rows) => Of(model, rows, scores => scores);

    /// <summary>The AUC of a fitted pipeline over windows: how often a window of text scores above another, on average of its tokens.</summary>
    public static double OfModelByWindow(ITransformer model, IDataView rows) => Of(model, rows, scores => [scores.Average()]);

    /// <summary>The AUC that pair counts reach on the same candidates: their mutual information with the true word before them.</summary>
    /// <remarks>Of a window's first token they say nothing: 0.</remarks>
    public static double OfPairs(PairCounts counts, IEnumerable<Example> examples)
    {
        var auc = new Auc();
        foreach (var example in examples)
        {
            for (var i = 0; i < example.Candidates.Length; i++)
                auc.Add(i == 0 ? 0 : (float)counts.Information(example.Words[i - 1], example.Candidates[i]), example.Label);
        }

        return auc.Value();
    }

    private static double Softplus(float value) => Math.Max(0, value) + Math.Log(1 + Math.Exp(-Math.Abs(value)));

    private static double Of(ITransformer model, IDataView rows, Func<float[], float[]> judged)
    {
        var auc = new Auc();
        var scored = model.Transform(rows);
        foreach (var (scores, label) in scored.GetColumn<float[]>("TokenScores").Zip(scored.GetColumn<bool>(nameof(GanRow.Label))))
        {
            foreach (var score in judged(scores))
                auc.Add(score, label);
        }

        return auc.Value();
    }
}

/// <summary>What a discriminator makes of true and drawn words.</summary>
/// <param name="Auc">How often a true word scores above a drawn one.</param>
/// <param name="Adversarial">The generator's loss, nats a drawn word: how sure it is that they are not the text's.</param>
/// <param name="Loss">Its own, nats a word, both kinds counting alike.</param>
internal sealed record NetworkJudgement(double Auc, double Adversarial, double Loss);
