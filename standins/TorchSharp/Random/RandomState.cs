namespace TorchSharp.Internal;

/// <summary>An engine and the second half of the last pair of normal draws.</summary>
internal sealed class RandomState(ulong seed)
{
    public Mt19937 Engine { get; private set; } = new(seed);

    public double? SpareNormal { get; set; }

    public object Gate { get; } = new();

    public void Seed(ulong value)
    {
        lock (Gate)
        {
            Engine = new Mt19937(value);
            SpareNormal = null;
        }
    }
}
