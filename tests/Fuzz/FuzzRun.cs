using System.Diagnostics;
using System.Globalization;

namespace MlNetNtd.Fuzz;

/// <summary>Many inputs for one target.</summary>
/// <param name="target">What reads them.</param>
/// <param name="seed">Makes them: input i of a seed is the same everywhere.</param>
/// <param name="log">Findings, as they come.</param>
/// <param name="folder">Where their inputs go; null: nowhere.</param>
internal sealed class FuzzRun(FuzzTarget target, int seed, TextWriter log, string? folder)
{
    // What does not come back by then will not: the input is written down and the process given up. Looks, not time, so that a
    // process that was stopped for a while goes on afterwards.
    private const int MostLooks = 10;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(3);

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private byte[] _current = [];
    private byte[]? _seen;
    private int _looks;

    /// <summary>Inputs read.</summary>
    public long Inputs { get; private set; }

    /// <summary>Inputs that the reader took: were there none, nothing behind its first check was attacked.</summary>
    public long Passed { get; private set; }

    /// <summary>Inputs that broke a promise.</summary>
    public long Findings { get; private set; }

    /// <summary>Runs until there were so many, or for so long.</summary>
    public FuzzRun Until(long inputs, TimeSpan time)
    {
        // Some are trained first.
        var corpus = target.Corpus;
        using var watch = new Timer(_ => GiveUpIfHanging(), state: null, Look, Look);
        foreach (var whole in corpus)
            Try(whole, mustPass: true);
        while (Inputs < inputs && _clock.Elapsed < time)
            Try(target.Mutate(Make(seed, Inputs).Speaking(target.Dictionary)), mustPass: false);
        return this;
    }

    // One generator an input, so that an input can be made again without those before it.
    private static Mutator Make(int seed, long index) => new(HashCode(seed, index));

    private static int HashCode(int seed, long index)
    {
        var mixed = unchecked(((ulong)seed << 32 ^ (ulong)index) * 0x9E3779B97F4A7C15);
        mixed = unchecked((mixed ^ mixed >> 31) * 0xBF58476D1CE4E5B9);
        return (int)(mixed >> 33);
    }

    private void Try(byte[] input, bool mustPass)
    {
        _current = input;
        var (problem, passed) = Oracle.Try(target, input);
        if (problem is null && mustPass && !passed)
            problem = "an input that is right was refused";
        Inputs++;
        Passed += passed ? 1 : 0;
        if (problem is not null)
            Write(input, problem);
    }

    private void Write(byte[] input, string problem)
    {
        Findings++;
        log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{target.Name}, seed {seed}, input {Inputs - 1}: {problem}"));
        if (folder is null)
            return;
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{target.Name}-{seed}-{Inputs - 1}.bin")), input);
    }

    private void GiveUpIfHanging()
    {
        _looks = ReferenceEquals(_seen, _current) ? _looks + 1 : 0;
        _seen = _current;
        if (_looks < MostLooks)
            return;
        Inputs++;
        Write(_current, $"has not come back after {MostLooks * Look.TotalSeconds} s");
        log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Inputs} inputs, {Findings} findings"));
        log.Flush();
        Environment.Exit(2);
    }
}
