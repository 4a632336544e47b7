using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Examples.TextGan;

/// <summary>Puts a text of any length before a model that judges at most T tokens at a time.</summary>
internal sealed class TokenScores
{
    private readonly MLContext _mlContext;
    private readonly ITransformer _model;
    private readonly int _tokens;

    /// <param name="mlContext">The context that the model was loaded in.</param>
    /// <param name="model">Stage and discriminator.</param>
    /// <param name="schema">The schema that was saved with them, which says T.</param>
    public TokenScores(MLContext mlContext, ITransformer model, DataViewSchema schema)
    {
        _mlContext = mlContext;
        _model = model;
        _tokens = schema.GetColumnOrNull(nameof(ScoreRow.PreviousEmbeddings))?.Type is VectorDataViewType { Dimensions: [> 0 and var tokens, _] }
            ? tokens
            : throw new FormatException("its schema does not say how many tokens it judges at a time");
    }

    /// <summary>The probability of each token to be the text's own.</summary>
    public double[] Of(int[] ids, EmbeddingTable table)
    {
        var starts = Starts(ids.Length);
        var rows = starts.Select(start => table.Of(ids.AsSpan(start, Math.Min(_tokens, ids.Length - start))))
            .Select(values => new ScoreRow { PreviousEmbeddings = values, CurrentEmbeddings = values });
        var scores = _model.Transform(_mlContext.Data.LoadFromEnumerable(rows)).GetColumn<float[]>("TokenScores");

        var found = new double[ids.Length];
        foreach (var (start, row) in starts.Zip(scores))
        {
            // Of two windows that overlap, the earlier has more before the token: only what it did not reach is new.
            var reached = start == 0 ? 0 : start + Overlap;
            for (var i = reached; i < start + row.Length; i++)
                found[i] = 1 / (1 + Math.Exp(-row[i - start]));
        }

        return found;
    }

    private int Overlap => _tokens / 2;

    // Each window after the first begins half a window on, so that its new tokens have context.
    private List<int> Starts(int count)
    {
        var starts = new List<int> { 0 };
        while (starts[^1] + _tokens < count)
            starts.Add(starts[^1] + _tokens - Overlap);
        return starts;
    }
}
