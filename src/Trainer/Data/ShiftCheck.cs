using System.Runtime.InteropServices;

namespace MlNetNtd;

/// <summary>
/// Finds previous embeddings that were shifted before the transform, which shifts them itself. True candidates that are copies
/// of true tokens tell: they stand at another distance.
/// </summary>
/// <remarks>
/// Position i of the context holds token i - 1, so a true candidate i equals position i + 1. The check reads the first 1,000
/// true rows and compares their halves up to the first difference.
/// </remarks>
internal sealed class ShiftCheck
{
    private const int MostRows = 1000;

    private int _rows;
    private int _late;
    private int _early;

    /// <summary>Looks at a row, if it is a true one.</summary>
    public void Add(SequenceRow row)
    {
        // Of two tokens, one that is moved by one has nothing left to be found at.
        if (_rows == MostRows || row.Tokens < 3 || row.Labels.Contains(false))
            return;
        _rows++;
        if (IsAt(row, 1))
            return;
        if (IsAt(row, 2))
            _late++;
        else if (IsAt(row, 0))
            _early++;
    }

    /// <summary>The warning; null where the columns are as they should be.</summary>
    /// <param name="column">The column of previous embeddings; where its name is not known, that of combined sequences.</param>
    public string? FindProblem(string column)
    {
        if (2 * _late > _rows)
        {
            return Text(_late, "the previous column moved by one token: it was shifted before the transform, which shifts it itself, so that "
                + "every candidate is judged without the true token just before it");
        }

        return 2 * _early > _rows
            ? Text(_early, "in their own context already: the previous column runs one token ahead, so that every candidate is judged with the token it stands for in sight")
            : null;

        string Text(int found, string what) =>
            $"Column '{column}': expected previous embeddings unshifted, token i at position i as in the current ones, found {found} of {_rows} rows with true labels "
            + $"whose candidates are {what}. Hand over the same T true tokens as previous and, for a true row, as current embeddings.";
    }

    // Whether candidate i is bit by bit what stands in the context at i + distance, for all of them. Position 0 is the initial embedding.
    private static bool IsAt(SequenceRow row, int distance)
    {
        var bits = MemoryMarshal.Cast<float, int>(row.Values.AsSpan());
        var width = row.Dimension;
        var first = distance == 0 ? 1 : 0;
        var count = (row.Tokens - Math.Max(distance, 1)) * width;
        return bits.Slice((first + distance) * width, count).SequenceEqual(bits.Slice((row.PaddedTokens + first) * width, count));
    }
}
