namespace MlNetNtd.Examples;

/// <summary>
/// How much more often two words stand near each other than chance would have it: positive pointwise mutual
/// information, max(0, log(p(a, b) / (p(a) p(b)))). Symmetric; only the positive values are kept.
/// </summary>
internal sealed class PpmiMatrix
{
    private readonly int[][] _columns;
    private readonly double[][] _values;

    private PpmiMatrix(int[][] columns, double[][] values)
    {
        _columns = columns;
        _values = values;
    }

    /// <summary>The number of rows, which is that of columns and of words.</summary>
    public int Size => _columns.Length;

    /// <summary>Counts the words near each other in a text.</summary>
    /// <param name="ids">The text, one number a token.</param>
    /// <param name="words">The number of words; every number is below it.</param>
    /// <param name="reach">Two tokens are near if at most so many places apart.</param>
    public static PpmiMatrix Of(IReadOnlyList<int> ids, int words, int reach)
    {
        var pairs = new int[words][];
        var totals = new long[words];
        for (var word = 0; word < words; word++)
            pairs[word] = new int[words];
        for (var i = 0; i < ids.Count; i++)
        {
            for (var j = i + 1; j <= i + reach && j < ids.Count; j++)
            {
                pairs[ids[i]][ids[j]]++;
                pairs[ids[j]][ids[i]]++;
                totals[ids[i]]++;
                totals[ids[j]]++;
            }
        }

        var sum = (double)totals.Sum();
        var columns = new int[words][];
        var values = new double[words][];
        for (var a = 0; a < words; a++)
        {
            var row = pairs[a];
            double Information(int b) => Math.Log(row[b] * sum / ((double)totals[a] * totals[b]));
            columns[a] = [.. Enumerable.Range(0, words).Where(b => row[b] > 0 && Information(b) > 0)];
            values[a] = [.. columns[a].Select(Information)];
        }

        return new PpmiMatrix(columns, values);
    }

    /// <summary>The product of the matrix and a vector.</summary>
    public double[] Times(double[] vector)
    {
        var product = new double[Size];
        for (var row = 0; row < product.Length; row++)
        {
            var (columns, values) = (_columns[row], _values[row]);
            var sum = 0.0;
            for (var i = 0; i < columns.Length; i++)
                sum += values[i] * vector[columns[i]];
            product[row] = sum;
        }

        return product;
    }
}
