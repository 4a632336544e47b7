namespace MlNetNtd.Studies.Resampling;

/// <summary>A generator that continues several texts at once, word by word.</summary>
internal interface ITextGenerator
{
    /// <summary>Gets V, the number of words.</summary>
    int Words { get; }

    /// <summary>Begins empty texts.</summary>
    /// <param name="count">The number of texts.</param>
    /// <param name="logits">Receives a logit for each first word, (count, V).</param>
    void Begin(int count, Span<float> logits);

    /// <summary>Appends a word to each text.</summary>
    /// <param name="words">The words.</param>
    /// <param name="logits">Receives a logit for each next word, (count, V).</param>
    void Append(ReadOnlySpan<int> words, Span<float> logits);
}
