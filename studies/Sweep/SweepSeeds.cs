namespace MlNetNtd.Studies.Sweep;

/// <summary>A seed for each kind of draw.</summary>
internal sealed class SweepSeeds
{
    private const int MaxFinals = 16;

    private readonly int[] _rows;
    private readonly int[] _finals;
    private readonly int[] _trials;

    public SweepSeeds(int seed, int trials)
    {
        var random = new Random(seed);
        _rows = Draw(3);
        _finals = Draw(MaxFinals);
        // Drawn last, so that more trials begin with the same ones.
        _trials = Draw(2 * trials);

        int[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => random.Next())];
    }

    /// <summary>Gets the seed of the random words in the rows to learn from.</summary>
    public int TrainingWords => _rows[0];

    /// <summary>Gets the seed of those in the rows that compare trials.</summary>
    public int ValidationWords => _rows[1];

    /// <summary>Gets the seed of those in the rows that no trial sees.</summary>
    public int TestWords => _rows[2];

    /// <summary>Gets the seed of a final training, the same for the default options and the finalists, and of no trial.</summary>
    public int Final(int number) => _finals[number];

    /// <summary>Gets the seed of a trial's options.</summary>
    public int Options(int trial) => _trials[2 * trial];

    /// <summary>Gets the seed of its training.</summary>
    public int Training(int trial) => _trials[2 * trial + 1];
}
