using TorchSharp;

namespace MlNetNtd.Soak;

/// <summary>One thing done over and over, and what stays of it.</summary>
/// <param name="Name">What.</param>
/// <param name="Count">How often.</param>
/// <param name="Prepare">Makes what does it; given how often, it does it so often more.</param>
internal sealed record SoakPhase(string Name, int Count, Func<SoakWork> Prepare)
{
    private const int Parts = 10;

    /// <summary>Does it in ten parts; the first is to warm up.</summary>
    public SoakResult Run(TextWriter output)
    {
        using var work = Prepare();
        var part = Math.Max(1, Count / Parts);
        work.Do(part);
        var (tensors, bytes) = (Tensors(), Environment.WorkingSet);
        output.WriteLine($"{part} {Name}: {tensors} tensors, resident {bytes >> 20} MB");
        var (done, last) = (part, bytes);
        while (done < Count)
        {
            var next = Math.Min(part, Count - done);
            work.Do(next);
            done += next;
            last = Environment.WorkingSet;
            output.WriteLine($"{done} {Name}: {Tensors()} tensors, resident {last >> 20} MB, of .NET {GC.GetTotalMemory(forceFullCollection: false) >> 10} KB");
        }

        return new SoakResult(Name, Count, Tensors() - tensors - work.CountedForEver * (Count - part), bytes, last);
    }

    private static long Tensors()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return torch.Tensor.TotalCount;
    }
}

/// <summary>What is done over and over.</summary>
/// <param name="Do">Does it so often.</param>
/// <param name="CountedForEver">
/// Tensors that TorchSharp goes on counting after each time though they are freed: the one that a parameter is made of.
/// </param>
/// <param name="Free">Frees what it needed.</param>
internal sealed record SoakWork(Action<int> Do, long CountedForEver, Action Free) : IDisposable
{
    public void Dispose() => Free();
}

/// <summary>What stayed.</summary>
/// <param name="Name">Of what.</param>
/// <param name="Count">Done how often.</param>
/// <param name="TensorsLeft">More tensors alive than after the first tenth.</param>
/// <param name="FirstBytes">Resident after the first tenth.</param>
/// <param name="LastBytes">Resident at the end.</param>
internal sealed record SoakResult(string Name, int Count, long TensorsLeft, long FirstBytes, long LastBytes);
