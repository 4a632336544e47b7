namespace MlNetNtd.Studies.Realism;

/// <summary>Compares halves of a recording: with each other, with what a vector autoregression draws, and with injected faults.</summary>
internal sealed class Study
{
    private const int Lags = 3;

    private readonly IReadOnlyList<Block> _blocks;
    private readonly IReadOnlyList<Fault> _faults;
    // Models of 0, 1, ... steps before a step: the first steps of a window have few.
    private readonly VectorAutoregression[] _models;

    /// <param name="recording">The recording.</param>
    /// <param name="windowLength">T, the number of steps of a window.</param>
    /// <param name="windowsPerBlock">The number of windows that are one observation.</param>
    public Study(Recording recording, int windowLength, int windowsPerBlock)
    {
        _blocks = Block.CutAll(recording.Steps, windowLength, windowsPerBlock);
        if (_blocks.Count < MinBlocks)
            throw new ArgumentException($"recording: expected at least {MinBlocks} blocks of {windowsPerBlock} windows of {windowLength} steps, found {_blocks.Count}.");
        _models = [.. Enumerable.Range(0, Lags + 1).Select(lags => new VectorAutoregression(_blocks.Select(block => block.Steps), lags))];
        _faults = Fault.CreateAll(_models[Lags].Deviations, recording.Steps);
    }

    // The report needs two blocks of each half in each of its folds.
    private static int MinBlocks => 4 * new RealismOptions().NumberOfFolds;

    /// <summary>Gets the number of blocks.</summary>
    public int Blocks => _blocks.Count;

    /// <summary>Creates the comparison where nothing differs: two halves of the recording, its blocks divided at random.</summary>
    public Comparison CompareHalves(int seed)
    {
        var (first, second) = Divide(new Random(seed));
        return new Comparison("the other half", first, second);
    }

    /// <summary>Creates the comparisons with what differs.</summary>
    public IEnumerable<Comparison> CompareWithSynthetic(int seed)
    {
        var random = new Random(seed);
        var (first, second) = Divide(random);
        // Fitted to the half that it is not compared with: repeating what it has seen is of no use to it.
        var model = new VectorAutoregression(second.Select(block => block.Steps), Lags);
        yield return new Comparison("bootstrap of a vector autoregression", first, [.. second.Select(block => Draw(model, block, random))]);
        foreach (var fault in _faults)
        {
            var (faulty, steps) = fault.InjectAll(second, random);
            yield return new Comparison(fault.Name, first, faulty, steps);
        }
    }

    /// <summary>Ranks the steps of each window by how far they are from what a vector autoregression expects, the farthest first.</summary>
    public IEnumerable<int[]> RankBySurprise(IReadOnlyList<Block> blocks) => blocks.SelectMany(block => block.Windows).Select(window =>
        Enumerable.Range(0, window.Length).OrderByDescending(step => _models[Math.Min(step, Lags)].GetSurprise(window, step)).ToArray());

    private static Block Draw(VectorAutoregression model, Block block, Random random)
    {
        var steps = block.Steps;
        return Block.Cut(block.Number, model.Draw(steps, steps.Length, random), block.Windows[0].Length);
    }

    private (IReadOnlyList<Block> First, IReadOnlyList<Block> Second) Divide(Random random)
    {
        var blocks = _blocks.ToArray();
        random.Shuffle(blocks);
        var half = blocks.Length / 2;
        return (blocks[..half], blocks[half..(2 * half)]);
    }
}
