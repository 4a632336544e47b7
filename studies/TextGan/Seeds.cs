namespace MlNetNtd.Examples.TextGan;

/// <summary>
/// A seed for each thing that is drawn, made of the run's seed and the place in the run. So a resumed run draws what an
/// uninterrupted one would have drawn, and no draw depends on how many were made before.
/// </summary>
internal sealed class Seeds
{
    private readonly int _seed;

    public Seeds(int seed) => _seed = seed;

    public int GeneratorWeights => Of(1);

    public int Discriminator => Of(2);


    /// <summary>What it says on held-out text: the same draws in every round, so that rounds compare.</summary>
    public int HeldOutCandidates => Of(4);

    /// <summary>What is made without the generator to hold against held-out text.</summary>
    public int Gibberish => Of(10);

    /// <summary>What the generator says to the discriminator's first training, and of which windows.</summary>
    public int FirstCandidates(int pass) => Of(3, pass);

    public int PretrainingOrder(int epoch) => Of(5, epoch);

    public int RoundOrder(int round) => Of(6, round);

    public int RoundCandidates(int round, int step) => Of(7, round, step);

    public int Sample(int round) => Of(8, round);

    public int Dropout(int round) => Of(9, round);

    public int GeneratorDropout(int epoch, int step) => Of(11, epoch, step);

    public int RoundDropout(int round, int step) => Of(12, round, step);

    /// <summary>What the generator writes to be judged by a fresh discriminator, and what that begins with.</summary>
    public int FreshJudge(int part) => Of(13, part);

    // The seed is mixed before the first part is added: seed 1 at place 2 is not seed 2 at place 1.
    private int Of(params ReadOnlySpan<int> parts)
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
