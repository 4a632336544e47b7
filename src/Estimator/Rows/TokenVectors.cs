using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>Writes the vector of a token: its embedding, then its features.</summary>
/// <param name="context">Marks errors.</param>
/// <param name="table">The embeddings.</param>
/// <param name="features">The features; null for none.</param>
internal sealed class TokenVectors(IExceptionContext context, EmbeddingTable table, TokenFeatures? features)
{
    /// <summary>The number of embeddings. Ids are below it.</summary>
    public int Count => table.Count;

    /// <summary>The dimension of a vector.</summary>
    public int Dimension => table.Dimension + (features?.Count ?? 0);

    /// <summary>Writes a token's vector.</summary>
    /// <param name="column">The column that errors name.</param>
    /// <param name="row">The row's number, for errors.</param>
    /// <param name="tokens">The row's real tokens.</param>
    /// <param name="position">The position of the token in the row.</param>
    /// <param name="id">The token: a real one or a candidate.</param>
    /// <param name="destination">Receives the vector.</param>
    /// <exception cref="InvalidOperationException">A feature is not finite.</exception>
    public void Write(string column, long row, ReadOnlySpan<int> tokens, int position, int id, Span<float> destination)
    {
        table[id].CopyTo(destination);
        if (features is null)
            return;
        var values = destination.Slice(table.Dimension, features.Count);
        features.Compute(tokens[..position], id, values);
        if (FiniteCheck.IndexOfNonFinite(values) is >= 0 and var i)
            throw context.Row(column, row, "finite features of a token (TokenFeatures)", FormattableString.Invariant($"{values[i]} in feature {i} of token {position}"));
    }
}
