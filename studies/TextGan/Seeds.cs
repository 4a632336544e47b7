namespace MlNetNtd.Studies.TextGan;

/// <summary>
/// A seed for each kind of draw, derived from the run's seed and the position in the run. A resumed run therefore draws what an
/// uninterrupted one draws.
/// </summary>
internal sealed class Seeds
{
    private readonly int _seed;

    public Seeds(int seed) => _seed = seed;

    public int GeneratorWeights => Derive(1);

    public int Discriminator => Derive(2);

    /// <summary>The generator's draws for held-out text, the same in every round, so that rounds compare.</summary>
    public int HeldOutCandidates => Derive(4);

    /// <summary>Random and shuffled words to compare with held-out text.</summary>
    public int RandomWords => Derive(10);

    /// <summary>Windows and draws of a pass of the discriminator's first training.</summary>
    public int FirstCandidates(int pass) => Derive(3, pass);

    public int PretrainingOrder(int epoch) => Derive(5, epoch);

    public int RoundOrder(int round) => Derive(6, round);

    public int RoundCandidates(int round, int step) => Derive(7, round, step);

    public int Sample(int round) => Derive(8, round);

    public int Dropout(int round) => Derive(9, round);

    public int GeneratorDropout(int epoch, int step) => Derive(11, epoch, step);

    public int RoundDropout(int round, int step) => Derive(12, round, step);

    /// <summary>Texts for a fresh discriminator, and its initial weights.</summary>
    public int FreshDiscriminator(int part) => Derive(13, part);

    // The seed is mixed before the first part is added: seed 1 at position 2 is not seed 2 at position 1.
    private int Derive(params ReadOnlySpan<int> parts)
    {
        var mixed = Mix((uint)_seed);
        foreach (var part in parts)
            mixed = Mix(mixed + (uint)part);
        return (int)(mixed & int.MaxValue);
    }

    // One step of splitmix64, which leaves no pattern between neighbours.
    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
