namespace MlNetNtd.Examples.Sweep;

/// <summary>The rungs, each with half of the trials that came to the one before.</summary>
internal sealed class Ladder
{
    public Ladder(int trials, IEnumerable<int> epochs, Action<Rung, IReadOnlyDictionary<int, double>, IReadOnlySet<int>> onDecided)
    {
        var rungs = new List<Rung>();
        foreach (var epoch in epochs)
        {
            // One trial alone is better than no other.
            if (trials < 2)
                break;
            rungs.Add(new Rung(epoch, trials, onDecided));
            trials = Rung.Survivors(trials);
        }

        Rungs = rungs;
    }

    public IReadOnlyList<Rung> Rungs { get; }
}
