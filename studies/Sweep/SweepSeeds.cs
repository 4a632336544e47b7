namespace MlNetNtd.Examples.Sweep;

/// <summary>A seed for each thing that is drawn, whatever is done beside it and in which order.</summary>
internal sealed class SweepSeeds
{
    private const int MostFinals = 16;

    private readonly int[] _rows;
    private readonly int[] _finals;
    private readonly int[] _trials;

    public SweepSeeds(int seed, int trials)
    {
        var random = new Random(seed);
        _rows = Draw(3);
        _finals = Draw(MostFinals);
        // The last: more trials begin with the same ones.
        _trials = Draw(2 * trials);

        int[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => random.Next())];
    }

    /// <summary>The wrong words of the rows to learn from.</summary>
    public int TrainingWords => _rows[0];

    /// <summary>Those of the rows that trials are compared by.</summary>
    public int ValidationWords => _rows[1];

    /// <summary>Those of the rows that no trial sees.</summary>
    public int TestWords => _rows[2];

    /// <summary>What a final training draws: the same for the default options and the best ones, and of no trial.</summary>
    public int Final(int number) => _finals[number];

    /// <summary>Which options a trial has.</summary>
    public int Options(int trial) => _trials[2 * trial];

    /// <summary>What its training draws.</summary>
    public int Training(int trial) => _trials[2 * trial + 1];
}
