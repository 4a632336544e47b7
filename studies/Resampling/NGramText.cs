namespace MlNetNtd.Studies.Resampling;

/// <summary>A text model of counts alone, as a control.</summary>
/// <param name="model">The n-grams.</param>
/// <param name="tokens">T.</param>
internal sealed class NGramText(NGramModel model, int tokens)
{
    /// <summary>Computes the mean loss of a word, in nats.</summary>
    public double ComputeLoss(IReadOnlyList<int[]> texts)
    {
        var (sum, logarithms) = (0.0, new float[model.Order]);
        foreach (var text in texts)
        {
            for (var i = 0; i < text.Length; i++)
            {
                model.GetLogProbabilities(text.AsSpan(0, i), text[i], logarithms);
                sum -= logarithms[^1];
            }
        }

        return sum / texts.Sum(text => text.Length);
    }

    /// <summary>Writes texts.</summary>
    public List<int[]> Write(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var text = new int[tokens];
            for (var i = 0; i < tokens; i++)
                text[i] = model.Draw(text.AsSpan(0, i), random);
            return text;
        })];
    }
}
