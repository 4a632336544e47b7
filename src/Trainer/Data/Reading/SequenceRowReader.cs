using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>Reads rows and validates the sequence, mask, token count and labels of each.</summary>
internal sealed class SequenceRowReader
{
    private readonly IExceptionContext _context;
    private readonly BoundInputColumns _columns;
    private readonly int _maxTokens;
    private readonly DataViewRow _input;
    private readonly MaskReader _masks;
    private readonly ValueGetter<VBuffer<float>> _feature;
    private readonly ValueGetter<int>? _tokenCount;
    private readonly ValueGetter<bool>? _label;
    private readonly ValueGetter<VBuffer<bool>>? _tokenLabels;
    private readonly ValueGetter<float>? _weight;

    private VBuffer<float> _sequence;
    private VBuffer<bool> _labels;

    /// <summary>Initializes the reader over the current row of a cursor.</summary>
    /// <param name="context">Marks errors.</param>
    /// <param name="columns">The columns to read.</param>
    /// <param name="maxTokens">The maximum length of a half, in tokens.</param>
    /// <param name="input">The cursor or row.</param>
    public SequenceRowReader(IExceptionContext context, BoundInputColumns columns, int maxTokens, DataViewRow input)
    {
        _context = context;
        _columns = columns;
        _maxTokens = maxTokens;
        _input = input;
        _feature = Getter<VBuffer<float>>(columns.Feature);
        _masks = new MaskReader(context, columns, input);
        if (columns.TokenCount is { } tokenCount)
            _tokenCount = Getter<int>(tokenCount);
        if (columns.Label is { } label && columns.LabelsTokens)
            _tokenLabels = Getter<VBuffer<bool>>(label);
        else if (columns.Label is { } rowLabel)
            _label = Getter<bool>(rowLabel);
        if (columns.Weight is { } weight)
            _weight = Getter<float>(weight);
    }

    /// <summary>Gets whether longer rows are truncated instead of rejected. Supported for rows without labels only.</summary>
    public bool Truncates { get; init; }

    /// <summary>Gets whether the last row lost real tokens.</summary>
    public bool WasTruncated { get; private set; }

    /// <summary>Reads the weight of the current row. A row with weight 0 is ignored and need not be valid.</summary>
    /// <exception cref="InvalidRowException">The weight is negative or not finite.</exception>
    public float ReadWeight()
    {
        if (_weight is null)
            return 1f;
        var weight = 0f;
        _weight(ref weight);
        return weight >= 0 && float.IsFinite(weight)
            ? weight
            : throw Row(_columns.Weight!.Value, "a finite weight of at least 0", FormattableString.Invariant($"{weight}"));
    }

    /// <summary>Reads and copies the current row.</summary>
    /// <exception cref="InvalidRowException">The row does not hold what its columns promise.</exception>
    public SequenceRow Read()
    {
        _feature(ref _sequence);
        var paddedTokens = CheckLength(_sequence.Length);
        var values = GC.AllocateUninitializedArray<float>(_sequence.Length);
        _sequence.CopyPrefixTo(values);
        if (paddedTokens > _maxTokens)
            return ReadTruncated(values, paddedTokens);
        CheckFinite(values, paddedTokens);

        var mask = _masks.Read(paddedTokens);
        var tokens = ReadTokens(mask.RealTokens, paddedTokens);
        WasTruncated = false;
        return new SequenceRow(values, paddedTokens, mask.Mask, tokens, ReadLabels(tokens, paddedTokens)) { CandidatesPerToken = _columns.CandidatesPerToken };
    }

    private SequenceRow ReadTruncated(float[] values, int paddedTokens)
    {
        var mask = _masks.Read(paddedTokens);
        var tokens = ReadTokens(mask.RealTokens, paddedTokens);
        values = Truncation.Cut(values, _maxTokens, _columns.Dimension, _columns.CandidatesPerToken);
        CheckFinite(values, _maxTokens);
        var truncated = mask.Mask is null ? null : Truncation.Cut(mask.Mask, _maxTokens);
        if (truncated?.Validate(_columns.Mask) is { } problem)
            throw Row(_columns.Mask.Column ?? _columns.Feature, problem.Expected, $"{problem.Found}, in the mask of its first {_maxTokens} tokens (MaxTokens)");
        WasTruncated = tokens > _maxTokens;
        return new SequenceRow(values, _maxTokens, truncated, Math.Min(tokens, _maxTokens), []) { CandidatesPerToken = _columns.CandidatesPerToken };
    }

    private ValueGetter<T> Getter<T>(DataViewSchema.Column column) => _input.GetGetter<T>(_input.Schema[column.Index]);

    private int CheckLength(int length)
    {
        var (dimension, candidates) = (_columns.Dimension, _columns.CandidatesPerToken);
        var ofToken = (1L + candidates) * dimension;
        if (length == 0 || length % ofToken != 0)
        {
            var parts = candidates == 1 ? "two halves of embeddings" : $"a context and {candidates} candidates of each token (CandidatesPerToken)";
            throw Row(_columns.Feature, $"a multiple of {ofToken} values, {parts} of dimension {dimension}", $"{length}");
        }

        var tokens = (int)(length / ofToken);
        return tokens <= _maxTokens || Truncates
            ? tokens
            : throw Row(_columns.Feature, $"at most {_maxTokens} tokens a half ({ColumnRequirements.MaxTokens})", $"{tokens}");
    }

    private void CheckFinite(ReadOnlySpan<float> values, int paddedTokens)
    {
        var i = FiniteCheck.IndexOfNonFinite(values);
        if (i < 0)
            return;
        var (column, position) = CombinedSources.Read(_columns.Feature).Locate(_columns.Feature.Name, i, paddedTokens, _columns.Dimension, _columns.CandidatesPerToken);
        throw _context.Row(column, _input.Position, "finite values", FormattableString.Invariant($"{values[i]} at {position}"));
    }

    private int ReadTokens(int maskTokens, int paddedTokens)
    {
        if (_tokenCount is null)
        {
            return maskTokens > 0
                ? maskTokens
                : throw Row(
                    _columns.Mask.Column ?? _columns.Feature,
                    "a mask under which a candidate meets somebody besides itself (else it counts as padding)", "none");
        }

        var tokens = 0;
        _tokenCount(ref tokens);
        if (tokens < 1 || tokens > paddedTokens)
            throw Row(_columns.TokenCount!.Value, $"1 to {paddedTokens} tokens", $"{tokens}");
        if (tokens > maskTokens)
            throw Row(_columns.TokenCount!.Value, $"at most {maskTokens} tokens, as by the mask what follows is padding", $"{tokens}");
        return tokens;
    }

    private bool[] ReadLabels(int tokens, int paddedTokens)
    {
        if (_label is not null)
        {
            var label = false;
            _label(ref label);
            return [label];
        }

        if (_tokenLabels is null)
            return [];
        _tokenLabels(ref _labels);
        var candidates = _columns.CandidatesPerToken;
        if (_labels.Length != (long)candidates * tokens && _labels.Length != (long)candidates * paddedTokens)
        {
            var padded = tokens == paddedTokens ? "" : $", or {candidates * paddedTokens} with padding";
            var what = candidates == 1 ? "one per token" : $"one for each of {candidates} candidates of {tokens} tokens";
            throw Row(_columns.Label!.Value, $"{candidates * tokens} labels, {what}{padded}", $"{_labels.Length}");
        }

        var labels = new bool[candidates * tokens];
        _labels.CopyPrefixTo(labels);
        if (_columns.RanksCandidates)
            CheckRanking(labels);
        return labels;
    }

    private void CheckRanking(ReadOnlySpan<bool> labels)
    {
        var candidates = _columns.CandidatesPerToken;
        for (var token = 0; token < labels.Length / candidates; token++)
        {
            if (labels.Slice(token * candidates, candidates).Count(true) is not 1 and var found)
                throw Row(_columns.Label!.Value, $"exactly one true label among the {candidates} candidates of each token (LossKind.RankingNce)", $"{found} at token {token}");
        }
    }

    private Exception Row(DataViewSchema.Column column, string expected, string found) =>
        _context.Row(column.Name, _input.Position, expected, found);
}
