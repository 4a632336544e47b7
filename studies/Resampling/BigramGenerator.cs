namespace MlNetNtd.Studies.Resampling;

/// <summary>A bigram model as a generator. The distribution after a word is computed once.</summary>
/// <param name="model">The model, of order 2.</param>
/// <param name="words">V.</param>
internal sealed class BigramGenerator(NGramModel model, int words) : ITextGenerator
{
    private readonly float[]?[] _rows = new float[words][];
    private readonly Lazy<float[]> _first = new(() => CreateRow(model, words, []));

    public int Words => words;

    public void Begin(int count, Span<float> logits)
    {
        for (var text = 0; text < count; text++)
            _first.Value.CopyTo(logits[(text * words)..]);
    }

    public void Append(ReadOnlySpan<int> tokens, Span<float> logits)
    {
        for (var text = 0; text < tokens.Length; text++)
            (_rows[tokens[text]] ??= CreateRow(model, words, [tokens[text]])).CopyTo(logits[(text * words)..]);
    }

    // A text without words has no order but the first.
    private static float[] CreateRow(NGramModel model, int words, int[] context)
    {
        var row = new float[words];
        var logarithms = new float[model.Order];
        for (var word = 0; word < words; word++)
        {
            model.GetLogProbabilities(context, word, logarithms);
            row[word] = logarithms[^1];
        }

        return row;
    }
}
