using System.Numerics.Tensors;

namespace MlNetNtd.Studies.Resampling;

/// <summary>A generator's logits of the words of given texts, each after the real words before it.</summary>
internal sealed class TeacherForcing
{
    private readonly IReadOnlyList<int[]> _texts;
    private readonly float[][] _logits;
    private readonly int _words;
    private int _text;

    /// <param name="generator">The generator.</param>
    /// <param name="texts">The texts, of the same length.</param>
    public TeacherForcing(ITextGenerator generator, IReadOnlyList<int[]> texts)
    {
        (_texts, _words) = (texts, generator.Words);
        _logits = [.. Enumerable.Range(0, texts[0].Length).Select(_ => new float[texts.Count * _words])];
        generator.Begin(texts.Count, _logits[0]);
        for (var position = 1; position < _logits.Length; position++)
            generator.Append(texts.Select(text => text[position - 1]).ToArray(), _logits[position]);
    }

    /// <summary>Computes the loss, in nats per word.</summary>
    /// <param name="temperature">Divides the logits.</param>
    public double ComputeLoss(double temperature = 1)
    {
        var sum = 0.0;
        for (var text = 0; text < _texts.Count; text++)
        {
            for (var position = 0; position < _logits.Length; position++)
            {
                var row = Row(text, position);
                var largest = TensorPrimitives.Max(row);
                var normalizer = 0.0;
                foreach (var logit in row)
                    normalizer += Math.Exp((logit - largest) / temperature);
                sum += Math.Log(normalizer) - (row[_texts[text][position]] - largest) / temperature;
            }
        }

        return sum / (_texts.Count * _logits.Length);
    }

    /// <summary>Gets the logits, text after text and position after position, as a residual model asks for them.</summary>
    /// <param name="context">The words before a position. None: the next text begins, and after the last one the first.</param>
    /// <param name="logits">Receives the logits.</param>
    public void Generate(ReadOnlySpan<int> context, Span<float> logits)
    {
        if (context.IsEmpty)
            _text = (_text + 1) % _texts.Count;
        Row((_text + _texts.Count - 1) % _texts.Count, context.Length).CopyTo(logits);
    }

    private ReadOnlySpan<float> Row(int text, int position) => _logits[position].AsSpan(text * _words, _words);
}
