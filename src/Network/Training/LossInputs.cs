using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>Validates the caller's labels, real tokens and weights, and converts them to the type of the logits.</summary>
/// <remarks>
/// The validation reads each value once, (B) or (B, T) of them; from another device than the CPU it copies them first.
/// </remarks>
internal sealed class LossInputs : IDisposable
{
    private readonly List<Tensor> _converted = [];

    /// <param name="labels">(B) or (B, T * K): 0 to 1, of any number type or Boolean.</param>
    /// <param name="tokens">(B, T): 1 for a real token, 0 for padding; null if nothing is padded.</param>
    /// <param name="weights">(B): finite, at least 0; null weights all rows equally.</param>
    /// <param name="shape">(B, T * K).</param>
    /// <param name="type">The type of the logits.</param>
    /// <param name="candidatesPerToken">K, the number of candidates of each token.</param>
    /// <exception cref="ArgumentException">A shape or a value is wrong; the message names it.</exception>
    public LossInputs(Tensor labels, Tensor? tokens, Tensor? weights, long[] shape, ScalarType type, int candidatesPerToken = 1)
    {
        ArgumentNullException.ThrowIfNull(labels);
        CheckShape(labels, shape[0], shape[1]);
        if (tokens is not null)
            CheckTokens(tokens, [shape[0], shape[1] / candidatesPerToken], nameof(tokens), requireEachRow: labels.dim() == 1);
        if (tokens is not null && candidatesPerToken > 1)
            _converted.Add(tokens = tokens.repeat_interleave(candidatesPerToken, 1).DetachFromDisposeScope());
        CheckLabels(labels, tokens);
        if (weights is not null)
            CheckWeights(weights, shape[0]);
        (Labels, Tokens, Weights) = (Convert(type, labels), tokens is null ? null : Convert(type, tokens), weights is null ? null : Convert(type, weights));
    }

    /// <summary>Gets the labels, (B) or (B, T * K).</summary>
    public Tensor Labels { get; }

    /// <summary>Gets which candidates belong to a real token, (B, T * K), or null if all do.</summary>
    public Tensor? Tokens { get; }

    /// <summary>Gets the weights, (B), or null.</summary>
    public Tensor? Weights { get; }

    /// <summary>Throws if labels are neither (B) nor (B, T).</summary>
    public static void CheckShape(Tensor labels, long rows, long tokens)
    {
        if (!labels.shape.AsSpan().SequenceEqual([rows]) && !labels.shape.AsSpan().SequenceEqual([rows, tokens]))
            throw new ArgumentException($"labels: expected ({rows}) or ({rows}, {tokens}), found {Text(labels.shape)}.", nameof(labels));
    }

    /// <summary>Throws if tokens are not (B, T) of 0 and 1.</summary>
    /// <param name="tokens">(B, T) of 0 and 1.</param>
    /// <param name="shape">(B, T).</param>
    /// <param name="name">The name of the caller's parameter.</param>
    /// <param name="requireEachRow">Whether each row needs a real token.</param>
    public static void CheckTokens(Tensor tokens, long[] shape, string name, bool requireEachRow)
    {
        if (!tokens.shape.AsSpan().SequenceEqual(shape))
        {
            throw new ArgumentException(
                $"{name}: expected {Text(shape)}, 1 for a real token and 0 for padding (SequenceBatch.RealTokens), found {Text(tokens.shape)}.", name);
        }

        using var scope = NewDisposeScope();
        var width = (int)shape[1];
        var values = Read(tokens);
        if (values.IndexOfAnyExcept(0f, 1f) is >= 0 and var index)
        {
            throw new ArgumentException(
                FormattableString.Invariant($"{name}: expected 1 for a real token and 0 for padding, found {values[index]} in row {index / width}, token {index % width}."), name);
        }

        for (var row = 0; requireEachRow && row < shape[0]; row++)
        {
            if (!values.Slice(row * width, width).Contains(1f))
                throw new ArgumentException($"{name}: expected at least one real token in each row, found none in row {row}.", name);
        }
    }

    /// <summary>Throws unless each real token has exactly one candidate with label 1 and others with 0.</summary>
    /// <exception cref="ArgumentException">A token has another number of true candidates; the message names it.</exception>
    public void CheckRanking(int candidatesPerToken)
    {
#pragma warning disable CA2208 // The name of the parameter in the calling methods.
        if (Labels.dim() == 1)
            throw new ArgumentException($"labels: expected a label per candidate, (B, T * {candidatesPerToken}), as LossKind.RankingNce needs, found {Text(Labels.shape)}.", "labels");
        using var scope = NewDisposeScope();
        var labels = Read(Labels);
        var tokens = Tokens is null ? default : Read(Tokens);
        var width = (int)Labels.shape[1];
        for (var first = 0; first < labels.Length; first += candidatesPerToken)
        {
            var group = labels.Slice(first, candidatesPerToken);
            if (tokens.Length > 0 && tokens[first] == 0)
                continue;
            if (group.IndexOfAnyExcept(0f, 1f) >= 0 || group.Count(1f) != 1)
            {
                throw new ArgumentException(
                    FormattableString.Invariant($"labels: expected exactly one true candidate of {candidatesPerToken} (LossKind.RankingNce), found {string.Join(", ", group.ToArray())} in row {first / width}, token {first % width / candidatesPerToken}."),
                    "labels");
            }
        }
#pragma warning restore CA2208
    }

    public void Dispose()
    {
        foreach (var tensor in _converted)
            tensor.Dispose();
    }

    // Labels of padding are ignored: some libraries write -100 there.
    private static void CheckLabels(Tensor labels, Tensor? tokens)
    {
        if (labels.dtype == ScalarType.Bool)
            return;
        using var scope = NewDisposeScope();
        var values = Read(labels);
        var real = labels.dim() == 2 && tokens is not null ? Read(tokens) : default;
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i] is >= 0 and <= 1 || (real.Length > 0 && real[i] == 0))
                continue;
            var (row, token) = labels.dim() == 1 ? ($"{i}", "") : ($"{i / labels.shape[1]}", $", token {i % labels.shape[1]}");
            throw new ArgumentException(FormattableString.Invariant($"labels: expected 0 to 1, found {values[i]} in row {row}{token}."), nameof(labels));
        }
    }

    private static void CheckWeights(Tensor weights, long rows)
    {
        if (!weights.shape.AsSpan().SequenceEqual([rows]))
            throw new ArgumentException($"weights: expected ({rows}), one for each row, found {Text(weights.shape)}.", nameof(weights));
        using var scope = NewDisposeScope();
        var values = Read(weights);
        for (var row = 0; row < values.Length; row++)
        {
            if (!(values[row] >= 0 && float.IsFinite(values[row])))
                throw new ArgumentException(FormattableString.Invariant($"weights: expected finite numbers of at least 0, found {values[row]} in row {row}."), nameof(weights));
        }
    }

    // The values in single precision; they belong to the current dispose scope.
    private static Span<float> Read(Tensor tensor) =>
        MemoryMarshal.Cast<byte, float>(tensor.detach().to(ScalarType.Float32).cpu().contiguous().bytes);

    private Tensor Convert(ScalarType type, Tensor tensor)
    {
        if (tensor.dtype == type)
            return tensor;
        var converted = tensor.to(type).DetachFromDisposeScope();
        _converted.Add(converted);
        return converted;
    }

    private static string Text(long[] shape) => $"({string.Join(", ", shape)})";
}
