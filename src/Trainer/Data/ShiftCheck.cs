using System.Runtime.InteropServices;

namespace MlNetNtd;

/// <summary>
/// Detects previous embeddings that were shifted before the transform, which shifts them itself. If real candidates are copies of real
/// tokens, their distance to the same tokens in the context shows it.
/// </summary>
/// <remarks>
/// Position i of the context holds token i - 1, so a real candidate i equals position i + 1. The check compares the halves of the first
/// 1,000 real rows.
/// </remarks>
internal sealed class ShiftCheck
{
    private const int MaxRows = 1000;

    private int _rows;
    private int _late;
    private int _early;

    /// <summary>Checks a row if all its labels are true.</summary>
    public void Add(SequenceRow row)
    {
        // Two tokens that are shifted by one leave nothing to compare.
        if (_rows == MaxRows || row.Tokens < 3 || row.CandidatesPerToken > 1 || row.Labels.Contains(false))
            return;
        _rows++;
        if (IsAt(row, 1))
            return;
        if (IsAt(row, 2))
            _late++;
        else if (IsAt(row, 0))
            _early++;
    }

    /// <summary>Describes the problem; null if there is none.</summary>
    /// <param name="column">The name of the column of previous embeddings, or of the combined column if that is not known.</param>
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

    // Whether each candidate i has the bits of the context at position i + distance. Position 0 is the initial embedding.
    private static bool IsAt(SequenceRow row, int distance)
    {
        var bits = MemoryMarshal.Cast<float, int>(row.Values.AsSpan());
        var width = row.Dimension;
        var first = distance == 0 ? 1 : 0;
        var count = (row.Tokens - Math.Max(distance, 1)) * width;
        return bits.Slice((first + distance) * width, count).SequenceEqual(bits.Slice((row.PaddedTokens + first) * width, count));
    }
}
