using Microsoft.ML;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace MlNetNtd.Examples.TextGan;

/// <summary>How well a discriminator tells the generator's words from the text's, where neither has learned.</summary>
internal static class HeldOutJudge
{
    /// <summary>The AUC over tokens of a network, by the hand-off of tensors.</summary>
    public static double OfNetwork(NextTokenDiscriminatorTransformer stage, DiscriminatorNetwork network, IDataView rows, Device device)
    {
        var auc = new Auc();
        network.eval();
        using var quiet = no_grad();
        foreach (var batch in stage.ToBatches(rows, new SequenceBatchOptions { Device = device, ScalarColumnNames = [nameof(GanRow.Label)] }))
        {
            using (batch)
            {
                using var scope = NewDisposeScope();
                var scores = network.forward(batch.Sequences, batch.Mask).cpu().data<float>().ToArray();
                var labels = batch.Scalars[nameof(GanRow.Label)].cpu().data<bool>().ToArray();
                var tokens = scores.Length / labels.Length;
                for (var i = 0; i < scores.Length; i++)
                    auc.Add(scores[i], labels[i / tokens]);
            }
        }

        return auc.Value();
    }

    /// <summary>The AUC over tokens of a fitted pipeline, by its columns.</summary>
    public static double OfModel(ITransformer model, IDataView rows)
    {
        var auc = new Auc();
        var scored = model.Transform(rows);
        foreach (var (scores, label) in scored.GetColumn<float[]>("TokenScores").Zip(scored.GetColumn<bool>(nameof(GanRow.Label))))
        {
            foreach (var score in scores)
                auc.Add(score, label);
        }

        return auc.Value();
    }
}
