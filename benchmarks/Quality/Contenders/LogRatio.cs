namespace MlNetNtd.Benchmarks.Quality;

/// <summary>
/// The log-ratio alone: the logarithm of the candidate's probability under n-grams one token longer than the generator's, less that under
/// the generator's. It is counted on the first part of the text and learns nothing from the training rows.
/// </summary>
internal sealed class LogRatio : IContender
{
    public string Name => "log-ratio";

    public ContenderScores Run(QualityTask task)
    {
        var order = TextModels.OrderOf(task.Generator);
        float[][] logits = [];
        var seconds = CpuClock.Measure(() => logits = [.. task.TestRows.Real.Select((real, row) => Score(real, task.TestRows.Candidates[row]))]);
        return new ContenderScores(logits, seconds);

        float[] Score(int[] real, int[] candidates)
        {
            var logarithms = new float[task.Models.Features.Model.Order];
            var scores = new float[candidates.Length];
            for (var t = 0; t < scores.Length; t++)
            {
                task.Models.Features.Model.GetLogProbabilities(real.AsSpan(0, t), candidates[t], logarithms);
                scores[t] = logarithms[order] - logarithms[order - 1];
            }

            return scores;
        }
    }
}
