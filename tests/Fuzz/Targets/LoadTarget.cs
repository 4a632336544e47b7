using System.IO.Compression;
using MlNetNtd.Tests;

namespace MlNetNtd.Fuzz;

/// <summary>
/// The difference between <see cref="ModelFileInspector"/> and ML.NET: a model of ML.NET's own stages that passes is loaded in a process
/// of its own, which has to come back, soon and at little cost, whether it loads the model or says that it cannot.
/// </summary>
internal sealed class LoadTarget : FuzzTarget, IDisposable
{
    private readonly Lazy<IReadOnlyList<byte[]>> _corpus = new(() =>
        [.. RealModels.CheckedNames.Select(RealModels.Make), RealModels.WithTextLoader(), .. Models.Stages()]);

    private readonly Lazy<Dictionary<byte[], List<(string Name, byte[] Bytes)>>> _entries;
    private readonly LoadProcess _process = new();

    public LoadTarget() => _entries = new(() => Corpus.ToDictionary(zip => zip, Zips.Read));

    public override string Name => "load";

    public override bool TimesReading => true;

    public override IReadOnlyList<byte[]> Corpus => _corpus.Value;

    public override IReadOnlyList<byte[]> Dictionary { get; } = [];

    // Entries whose checksums are right: numbers among a stage's own bytes, most of the time.
    public override byte[] Mutate(Mutator mutator)
    {
        const int HeaderBytes = 256;
        List<(string Name, byte[] Bytes)> entries = [.. _entries.Value[mutator.Pick(Corpus)]];
        var chosen = mutator.Below(entries.Count);
        var (name, bytes) = entries[chosen];
        if (name.EndsWith("Model.key", StringComparison.Ordinal) && !mutator.OneIn(8))
        {
            var changed = (byte[])bytes.Clone();
            for (var steps = mutator.Below(3); steps >= 0; steps--)
                BitConverter.TryWriteBytes(changed.AsSpan(HeaderBytes + mutator.Below(Math.Max(1, bytes.Length - HeaderBytes - sizeof(int)))), (int)mutator.Number());
            entries[chosen] = (name, changed);
        }
        else
        {
            entries[chosen] = (name, mutator.Bytes(bytes));
        }

        if (mutator.OneIn(16))
            entries[mutator.Below(entries.Count)] = (mutator.Pick(entries).Name, mutator.Pick(entries).Bytes);
        return Zips.Write(entries, mutator.OneIn(2) ? CompressionLevel.NoCompression : CompressionLevel.Fastest);
    }

    public override void Read(byte[] input)
    {
        using (var stream = new MemoryStream(input))
            ModelFileInspector.Inspect(stream);
        if (_process.Load(input) is { } problem)
            throw new FindingException($"passed the look into it, and then: {problem}");
    }

    public void Dispose() => _process.Dispose();

    public override bool IsDocumented(Exception exception) => exception is ModelFileException;
}
