using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Examples.Imitation;

/// <summary>A trained adversary as an ML.NET model: the stage and a scorer, in a file that any program can load.</summary>
internal static class SavedJudge
{
    /// <summary>Writes the model.</summary>
    /// <param name="shop">The stage.</param>
    /// <param name="adversary">The network.</param>
    /// <param name="tokens">T, the steps of a row that it judges.</param>
    /// <returns>The bytes of the zip.</returns>
    public static byte[] Save(Workshop shop, DiscriminatorNetwork adversary, int tokens)
    {
        using var scorer = shop.CreateTrainer().CreateScorer(adversary);
        using var stream = new MemoryStream();
        shop.Context.Model.Save(shop.Stage.Append(scorer), new WalkRows(shop.Context, tokens).View([], byExpert: true).Schema, stream);
        return stream.ToArray();
    }

    /// <summary>Loads the model in a fresh context and has it judge an expert's walk and a cloned one that failed.</summary>
    public static void Tell(Screen screen, string path, SeedResult result)
    {
        var mlContext = new MLContext();
        var model = mlContext.Model.Load(path, out var schema);
        using var disposable = model as IDisposable;
        var rows = new WalkRows(mlContext, ((VectorDataViewType)schema[nameof(WalkRow.PreviousEmbeddings)].Type).Dimensions[0]);
        screen.Line($"Saved, loaded in a fresh MLContext, and asked about two walks (score a step; above 0: as an expert's): {path}");
        Tell("an expert's", result.Experts.Walks[0]);
        Tell("a cloned one", result.Cloning.Walks.FirstOrDefault(walk => !walk.Succeeded) ?? result.Cloning.Walks[0]);

        void Tell(string name, Walk walk)
        {
            float[] scores = [.. model.Transform(rows.View([walk], byExpert: true)).GetColumn<float[]>("TokenScores").SelectMany(row => row)];
            var lowest = Array.IndexOf(scores, scores.Min());
            screen.Line(string.Create(
                CultureInfo.InvariantCulture,
                $"  {name}: mean {scores.Average():F2}, lowest {scores[lowest]:F2} at step {lowest + 1} of {scores.Length}, at ({walk.States[lowest].X:F1}, {walk.States[lowest].Y:F1})"));
        }
    }
}
