using Microsoft.ML;

namespace MlNetNtd.Benchmarks.Quality;

/// <summary>The token ids of rows, for contenders that count tokens instead of reading embeddings.</summary>
/// <param name="Real">The real tokens of each row.</param>
/// <param name="Candidates">The candidates of each row.</param>
/// <param name="Labels">For each candidate, whether it is real.</param>
/// <param name="Documents">The document of each row.</param>
internal sealed record TokenRows(int[][] Real, int[][] Candidates, bool[][] Labels, int[] Documents)
{
    /// <summary>The number of rows.</summary>
    public int Count => Real.Length;

    /// <summary>Reads the rows of a view whose embeddings are the ids themselves (C = 1).</summary>
    public static TokenRows Read(MLContext context, IDataView view)
    {
        var rows = context.Data.CreateEnumerable<IdRow>(view, reuseRowObject: false).ToList();
        return new TokenRows(
            [.. rows.Select(row => ToIds(row.PreviousEmbeddings))],
            [.. rows.Select(row => ToIds(row.CurrentEmbeddings))],
            [.. rows.Select(row => row.TokenLabels)],
            [.. rows.Select(row => (int)row.SequenceId)]);
    }

    private static int[] ToIds(float[] values) => Array.ConvertAll(values, value => (int)value);

    private sealed class IdRow
    {
        public float[] PreviousEmbeddings { get; set; } = [];

        public float[] CurrentEmbeddings { get; set; } = [];

        public bool[] TokenLabels { get; set; } = [];

        public long SequenceId { get; set; }
    }
}
