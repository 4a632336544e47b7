using System.IO.Compression;

namespace MlNetNtd;

/// <summary>
/// Scores candidate tokens with a trained discriminator, in managed code on the CPU. It needs neither ML.NET nor TorchSharp nor a native
/// library, and works in trimmed and NativeAOT applications.
/// </summary>
/// <remarks>
/// <para>
/// A sequence has T real tokens and T candidates of C values each, row-major. Candidate i is scored given the real tokens before it: its
/// logit is positive if the network classifies it as real. With K candidates for each token, they are (T, K, C): each is scored as if it
/// were alone, and the context's work is done once for all. The logits are those of the scorer in ML.NET, up to rounding (1e-5). It
/// computes in single precision, also where the network's <see cref="DiscriminatorConfig.Precision"/> is BFloat16.
/// </para>
/// <para>
/// Any number of threads may use one scorer. A call with several sequences runs on up to <see cref="Threads"/> threads. Nothing is
/// allocated once calls of these sizes were made.
/// </para>
/// </remarks>
public sealed partial class TokenScorer
{
    private readonly SequenceScorer _scorer;
    private readonly ContextScorer _contexts;
    private readonly float[] _initialEmbedding;
    private readonly ObjectPool<SequenceSpans> _spans = new(() => new SequenceSpans());

    internal TokenScorer(StateDictionary weights, float[]? initialEmbedding, int? threads, VectorWidth? width = null)
    {
        Config = weights.Config;
        Temperature = weights.Temperature;
        Threads = threads ?? ThreadLimit.Get();
        _initialEmbedding = initialEmbedding ?? new float[Config.EmbeddingDimension];
        var engine = new ForwardEngine(weights, width);
        _scorer = new SequenceScorer(engine, Threads);
        _contexts = new ContextScorer(engine, _initialEmbedding, MaxTokens, Threads);
    }

    /// <summary>Gets the sizes of the network.</summary>
    public DiscriminatorConfig Config { get; }

    /// <summary>
    /// Gets the temperature by which logits are divided before they become probabilities, fitted on the validation rows of the training; 1
    /// if there were none, or if the file of weights does not say it.
    /// </summary>
    public float Temperature { get; }

    /// <summary>Gets the maximum number of threads of one call.</summary>
    public int Threads { get; }

    /// <summary>Gets C, the number of values of a token.</summary>
    public int EmbeddingDimension => Config.EmbeddingDimension;

    /// <summary>Gets the maximum number of tokens of a sequence.</summary>
    public int MaxTokens => Config.MaxTokens;

    /// <summary>Reads the weights from a .safetensors file, as <c>SaveWeights</c> writes it.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="heads">
    /// The number of attention heads. Null: the file's metadata says it. A file that PyTorch wrote has no such metadata.
    /// </param>
    /// <param name="initialEmbedding">
    /// The embedding of position 0 of the context, C values, as the transform adds it. Empty: zeros, the transform's default. If the
    /// network has learned it, its own is used.
    /// </param>
    /// <param name="threads">The maximum number of threads of one call. Null: the number of processors, or OMP_NUM_THREADS if it is less.</param>
    /// <exception cref="FormatException">The file is damaged or is not one of a discriminator, or the number of heads is unknown or another one.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="ArgumentException">The initial embedding has another length or a value that is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The number of threads is below 1.</exception>
    public static TokenScorer LoadSafetensors(string path, int? heads = null, ReadOnlySpan<float> initialEmbedding = default, int? threads = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        CheckThreads(threads);
        var weights = NetworkFile.Load(path, heads);
        if (!initialEmbedding.IsEmpty)
            CheckEmbedding(initialEmbedding, weights.Config.EmbeddingDimension);
        return new TokenScorer(weights, initialEmbedding.IsEmpty ? null : initialEmbedding.ToArray(), threads);
    }

    /// <summary>Reads the scorer, and the transform's initial embedding, from a model that <c>mlContext.Model.Save</c> wrote.</summary>
    /// <param name="path">The path of the model zip.</param>
    /// <param name="threads">The maximum number of threads of one call. Null: the number of processors, or OMP_NUM_THREADS if it is less.</param>
    /// <remarks>
    /// Other parts of the model are not read: you pass the embeddings that the model's earlier steps produce. The file may come from
    /// anywhere: it names no code, every length is checked before memory is allocated, and a part takes at most 8 MiB and four bytes for each
    /// of its packed bytes.
    /// </remarks>
    /// <exception cref="FormatException">
    /// The file is not a model zip, is damaged, or does not hold exactly one scorer and at most one transform of this library.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The number of threads is below 1.</exception>
    public static TokenScorer LoadModel(string path, int? threads = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        CheckThreads(threads);
        using var stream = File.OpenRead(path);
        return LoadModel(stream, $"{path}: ", threads);
    }

    /// <summary>Reads the scorer, and the transform's initial embedding, from a model zip in a seekable stream.</summary>
    /// <param name="stream">The stream. It stays open.</param>
    /// <param name="threads">The maximum number of threads of one call. Null: the number of processors, or OMP_NUM_THREADS if it is less.</param>
    /// <exception cref="FormatException">
    /// The stream does not hold a model zip, is damaged, or does not hold exactly one scorer and at most one transform of this library.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">The number of threads is below 1.</exception>
    public static TokenScorer LoadModel(Stream stream, int? threads = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        CheckThreads(threads);
        return LoadModel(stream, "Cannot read the model: ", threads);
    }

    /// <summary>Computes the probability of a logit: the logistic function of the logit divided by <see cref="Temperature"/>.</summary>
    /// <param name="logit">The logit.</param>
    /// <returns>A value between 0 and 1.</returns>
    public float GetProbability(float logit) => CalibratedProbability.FromLogit(logit, Temperature);

    /// <summary>Scores the candidates of one sequence.</summary>
    /// <param name="real">The T real tokens, T * C values. The last one is not read.</param>
    /// <param name="candidates">The T candidates, T * C values; T * K * C with K for each token. Candidate i stands for real token i.</param>
    /// <param name="logits">Receives the T logits; T * K in the order of the candidates.</param>
    /// <param name="candidatesPerToken">K, the number of candidates of each token, 1 to 1,024.</param>
    /// <exception cref="ArgumentException">A length does not fit the others, or a value is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">K is out of range.</exception>
    public void Score(ReadOnlySpan<float> real, ReadOnlySpan<float> candidates, Span<float> logits, int candidatesPerToken = 1)
    {
        CheckCandidates(candidatesPerToken);
        ScoreBatch(real, candidates, [logits.Length / candidatesPerToken], logits, candidatesPerToken);
    }

    /// <summary>Scores the candidates of one combined sequence.</summary>
    /// <param name="combined">The combined sequence, as the transform writes it: 2T * C values; (T + T * K) * C with K candidates for each token.</param>
    /// <param name="logits">Receives the T logits; T * K in the order of the candidates.</param>
    /// <param name="candidatesPerToken">K, the number of candidates of each token, 1 to 1,024.</param>
    /// <exception cref="ArgumentException">A length does not fit the other, or a value is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">K is out of range.</exception>
    public void ScoreCombined(ReadOnlySpan<float> combined, Span<float> logits, int candidatesPerToken = 1)
    {
        CheckCandidates(candidatesPerToken);
        ScoreCombinedBatch(combined, [logits.Length / candidatesPerToken], logits, candidatesPerToken);
    }

    /// <summary>Scores the candidates of several sequences.</summary>
    /// <param name="real">The real tokens, (B, P, C), where P is the length of the longest sequence, or more.</param>
    /// <param name="candidates">The candidates, (B, P, C); (B, P, K, C) with K for each token.</param>
    /// <param name="lengths">The number of tokens of each of the B sequences, 1 to P. Values after a sequence's tokens are not read.</param>
    /// <param name="logits">Receives the logits, (B, P) or (B, P, K); NaN after a sequence's tokens.</param>
    /// <param name="candidatesPerToken">K, the number of candidates of each token, 1 to 1,024.</param>
    /// <exception cref="ArgumentException">A length does not fit the others, or a value is not finite. No logit is written.</exception>
    /// <exception cref="ArgumentOutOfRangeException">K is out of range.</exception>
    public unsafe void ScoreBatch(
        ReadOnlySpan<float> real, ReadOnlySpan<float> candidates, ReadOnlySpan<int> lengths, Span<float> logits, int candidatesPerToken = 1)
    {
        var padded = CheckLengths(lengths, logits.Length, candidatesPerToken);
        CheckValues(real, lengths, padded, contexts: 1, candidates: 0, nameof(real));
        CheckValues(candidates, lengths, padded, contexts: 0, candidatesPerToken, nameof(candidates));
        var row = padded * EmbeddingDimension;
        fixed (float* context = real, candidate = candidates, result = logits)
            Run(new SequenceMemory(context, candidate, row, candidatesPerToken * row, result, candidatesPerToken * padded, shifts: true), lengths, candidatesPerToken);
    }

    /// <summary>Scores the candidates of several combined sequences.</summary>
    /// <param name="combined">
    /// The combined sequences, (B, 2P, C), or (B, P + P * K, C) with K candidates for each token, each as the transform writes it, padded to
    /// P tokens.
    /// </param>
    /// <param name="lengths">The number of tokens of each of the B sequences, 1 to P. Values after a half's tokens are not read.</param>
    /// <param name="logits">Receives the logits, (B, P) or (B, P, K); NaN after a sequence's tokens.</param>
    /// <param name="candidatesPerToken">K, the number of candidates of each token, 1 to 1,024.</param>
    /// <exception cref="ArgumentException">A length does not fit the others, or a value is not finite. No logit is written.</exception>
    /// <exception cref="ArgumentOutOfRangeException">K is out of range.</exception>
    public unsafe void ScoreCombinedBatch(ReadOnlySpan<float> combined, ReadOnlySpan<int> lengths, Span<float> logits, int candidatesPerToken = 1)
    {
        var padded = CheckLengths(lengths, logits.Length, candidatesPerToken);
        CheckValues(combined, lengths, padded, contexts: 1, candidatesPerToken, nameof(combined));
        var half = padded * EmbeddingDimension;
        var row = (1 + candidatesPerToken) * half;
        fixed (float* context = combined, result = logits)
            Run(new SequenceMemory(context, context + half, row, row, result, candidatesPerToken * padded, shifts: false), lengths, candidatesPerToken);
    }

    internal void Score(ISequences sequences) => _scorer.Score(sequences);

    private void Run(SequenceMemory memory, ReadOnlySpan<int> lengths, int candidatesPerToken)
    {
        var spans = _spans.Rent();
        try
        {
            spans.Set(memory, lengths, candidatesPerToken, _initialEmbedding);
            _scorer.Score(spans);
        }
        finally
        {
            _spans.Return(spans);
        }
    }

    private static void CheckCandidates(int candidatesPerToken)
    {
        if (CandidateCount.FindProblem(candidatesPerToken) is { } problem)
            throw new ArgumentOutOfRangeException(nameof(candidatesPerToken), $"candidatesPerToken: {problem.Problem}.");
    }

    private int CheckLengths(ReadOnlySpan<int> lengths, int logits, int candidatesPerToken)
    {
        CheckCandidates(candidatesPerToken);
        if (lengths.IsEmpty)
            throw new ArgumentException("lengths: expected at least one sequence, found none.", nameof(lengths));
        var logitsOfToken = (long)lengths.Length * candidatesPerToken;
        if (logits % logitsOfToken != 0)
        {
            var candidates = candidatesPerToken == 1 ? "" : $" times {candidatesPerToken} candidates";
            throw new ArgumentException($"logits: expected a multiple of {logitsOfToken} values, the number of sequences{candidates}, found {logits}.", nameof(logits));
        }

        var padded = (int)(logits / logitsOfToken);
        for (var i = 0; i < lengths.Length; i++)
        {
            if (lengths[i] > MaxTokens)
                throw new ArgumentException($"Sequence {i}: expected at most {MaxTokens} tokens (MaxTokens), found {lengths[i]}.", nameof(lengths));
            if (lengths[i] < 1 || lengths[i] > padded)
                throw new ArgumentException($"Sequence {i}: expected 1 to {padded} tokens, the length of a row of logits, found {lengths[i]}.", nameof(lengths));
        }

        return padded;
    }

    // The values of a sequence are P embeddings of the context or none, then P * K of candidates or none.
    private void CheckValues(ReadOnlySpan<float> values, ReadOnlySpan<int> lengths, int padded, int contexts, int candidates, string name)
    {
        var positions = (contexts + candidates) * padded;
        var expected = (long)lengths.Length * positions * EmbeddingDimension;
        if (values.Length != expected)
            throw new ArgumentException($"{name}: expected {expected} values, ({lengths.Length}, {positions}, {EmbeddingDimension}), found {values.Length}.", name);
        for (var sequence = 0; sequence < lengths.Length; sequence++)
        {
            CheckFinite(values, sequence, sequence * positions, 0, contexts * lengths[sequence], name);
            CheckFinite(values, sequence, sequence * positions, contexts * padded, candidates * lengths[sequence], name);
        }
    }

    private void CheckFinite(ReadOnlySpan<float> values, int sequence, int firstOfSequence, int first, int count, string name)
    {
        var part = values.Slice((firstOfSequence + first) * EmbeddingDimension, count * EmbeddingDimension);
        if (FiniteCheck.IndexOfNonFinite(part) is >= 0 and var index)
        {
            throw new ArgumentException(
                FormattableString.Invariant($"{name}: expected finite values, found {part[index]} in sequence {sequence}, position {first + index / EmbeddingDimension}, dimension {index % EmbeddingDimension}."), name);
        }
    }

    private static TokenScorer LoadModel(Stream stream, string place, int? threads)
    {
        try
        {
            using var zip = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            var scorers = ModelZip.Find(zip, ScorerEntry.ModelSignature);
            if (scorers.Count != 1)
                throw new ModelEntryException($"expected one scorer of BinaryClassification.Trainers.NextTokenDiscriminator, found {scorers.Count}");
            var transforms = ModelZip.Find(zip, TransformEntry.ModelSignature);
            if (transforms.Count > 1)
                throw new ModelEntryException($"expected at most one transform of Transforms.NextTokenDiscriminator, found {transforms.Count}");
            var weights = ModelZip.Read(scorers[0], ScorerEntry.FormatVersion, ScorerEntry.Names, ScorerEntry.Read).Weights;
            var embedding = transforms is [var transform]
                ? ModelZip.Read(transform, TransformEntry.FormatVersion, TransformEntry.Names, TransformEntry.Read).InitialEmbedding
                : null;
            if (embedding is not null && embedding.Length != weights.Config.EmbeddingDimension)
                throw new ModelEntryException($"expected a transform of {weights.Config.EmbeddingDimension} dimensions, as the scorer has, found {embedding.Length}");
            if (FiniteCheck.IndexOfNonFinite(embedding) is >= 0 and var index)
                throw new ModelEntryException(FormattableString.Invariant($"InitialEmbedding: expected finite values, found {embedding![index]} at position {index}"));
            return new TokenScorer(weights, embedding, threads);
        }
        catch (Exception e) when (e is ModelEntryException or InvalidDataException)
        {
            throw new FormatException($"{place}{(e is InvalidDataException ? "expected a model zip, found another or a damaged file" : e.Message)}.", e);
        }
    }

    private static void CheckThreads(int? threads)
    {
        if (threads is < 1)
            throw new ArgumentOutOfRangeException(nameof(threads), $"threads: expected at least 1, found {threads}.");
    }

    private static void CheckEmbedding(ReadOnlySpan<float> embedding, int dimension)
    {
        if (embedding.Length != dimension)
            throw new ArgumentException($"initialEmbedding: expected {dimension} values, found {embedding.Length}.", nameof(embedding));
        if (FiniteCheck.IndexOfNonFinite(embedding) is >= 0 and var index)
            throw new ArgumentException(FormattableString.Invariant($"initialEmbedding: expected finite values, found {embedding[index]} at position {index}."), nameof(embedding));
    }
}
