using System.Numerics.Tensors;

namespace MlNetNtd.Studies.Resampling;

/// <summary>Lets a generator write texts of T words: each word is context of the next.</summary>
/// <param name="generator">The generator.</param>
/// <param name="tokens">T.</param>
internal sealed class Writer(ITextGenerator generator, int tokens)
{
    private const int BatchSize = 128;

    private readonly double[] _cumulative = new double[generator.Words];

    /// <summary>Writes texts.</summary>
    /// <param name="count">The number of texts.</param>
    /// <param name="seed">Decides the draws.</param>
    /// <param name="temperature">Below 1, likely words become likelier.</param>
    public List<int[]> Write(int count, int seed, double temperature = 1)
    {
        var random = new Random(seed);
        return Write(count, (_, _, logits, _, words) =>
        {
            for (var text = 0; text < words.Length; text++)
            {
                Accumulate(logits.AsSpan(text * generator.Words, generator.Words), temperature);
                words[text] = Draw(random);
            }
        });
    }

    /// <summary>Writes texts whose words are picked among K draws by a discriminator's scores.</summary>
    /// <param name="count">The number of texts.</param>
    /// <param name="seed">Decides the draws.</param>
    /// <param name="discriminator">The discriminator.</param>
    /// <param name="alpha">The factor of scores.</param>
    /// <param name="candidates">K.</param>
    public List<int[]> WriteResampled(int count, int seed, WordScorer discriminator, double alpha, int candidates)
    {
        var scorer = discriminator.Scorer;
        var (random, resampler, dimension) = (new Random(seed), new CandidateResampler(alpha, seed), scorer.EmbeddingDimension);
        var draws = new int[BatchSize * candidates];
        var (values, scores) = (new float[draws.Length * dimension], new float[draws.Length]);
        ScoringContext[] contexts = [.. Enumerable.Range(0, BatchSize).Select(_ => scorer.CreateContext())];
        var written = Write(count, (first, texts, logits, position, words) =>
        {
            var batch = contexts.AsSpan(0, words.Length);
            if (position == 0)
            {
                foreach (var context in batch)
                    context.Reset();
            }

            var drawn = words.Length * candidates;
            for (var text = 0; text < words.Length; text++)
            {
                Accumulate(logits.AsSpan(text * generator.Words, generator.Words), temperature: 1);
                for (var i = text * candidates; i < (text + 1) * candidates; i++)
                    draws[i] = Draw(random);
            }

            for (var i = 0; i < drawn; i++)
                Embed(texts[i / candidates], position, draws[i], i);
            scorer.ScoreCandidatesBatch(batch, values.AsSpan(0, drawn * dimension), scores.AsSpan(0, drawn));
            for (var text = 0; text < words.Length; text++)
                words[text] = draws[text * candidates + resampler.Pick(scores.AsSpan(text * candidates, candidates), first + text, position)];
            for (var text = 0; text < words.Length; text++)
                Embed(texts[text], position, words[text], text);
            scorer.AppendBatch(batch, values.AsSpan(0, words.Length * dimension));
        });
        foreach (var context in contexts)
            context.Dispose();
        return written;

        void Embed(int[] text, int position, int word, int index) =>
            discriminator.Write(text.AsSpan(0, position), word, values.AsSpan(index * dimension, dimension));
    }

    private List<int[]> Write(int count, ChooseWords choose)
    {
        var texts = new List<int[]>();
        while (texts.Count < count)
        {
            var size = Math.Min(BatchSize, count - texts.Count);
            var (logits, words) = (new float[size * generator.Words], new int[size]);
            int[][] batch = [.. Enumerable.Range(0, size).Select(_ => new int[tokens])];
            generator.Begin(size, logits);
            for (var position = 0; position < tokens; position++)
            {
                if (position > 0)
                    generator.Append(words, logits);
                choose(texts.Count, batch, logits, position, words);
                for (var text = 0; text < size; text++)
                    batch[text][position] = words[text];
            }

            texts.AddRange(batch);
        }

        return texts;
    }

    private void Accumulate(ReadOnlySpan<float> logits, double temperature)
    {
        var (largest, sum) = (TensorPrimitives.Max(logits), 0.0);
        for (var word = 0; word < logits.Length; word++)
            _cumulative[word] = sum += Math.Exp((logits[word] - largest) / temperature);
    }

    private int Draw(Random random)
    {
        var index = Array.BinarySearch(_cumulative, random.NextDouble() * _cumulative[^1]);
        return Math.Min(index < 0 ? ~index : index + 1, _cumulative.Length - 1);
    }

    // Chooses the words of a position of texts from the first one on. The texts hold the words before it.
    private delegate void ChooseWords(int first, int[][] texts, float[] logits, int position, int[] words);
}
