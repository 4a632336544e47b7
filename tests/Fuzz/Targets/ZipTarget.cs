using System.IO.Compression;
using System.Text;
using Microsoft.ML;
using MlNetNtd.Tests;

namespace MlNetNtd.Fuzz;

/// <summary>
/// A whole model: <see cref="TokenScorer.LoadModel(Stream, int?)"/>, <see cref="ModelFileInspector"/>, and what the latter lets pass by
/// <c>mlContext.Model.Load</c>.
/// </summary>
internal sealed class ZipTarget : FuzzTarget
{
    private readonly Dictionary<byte[], List<(string Name, byte[] Bytes)>> _entries;

    public ZipTarget() => _entries = Corpus.ToDictionary(zip => zip, Zips.Read);

    public override string Name => "model";

    public override IReadOnlyList<byte[]> Corpus { get; } = [.. Models.Stages(), .. Models.Scorers(), Models.Pipeline()];

    public override IReadOnlyList<byte[]> Dictionary { get; } =
    [
        .. new[]
        {
            "PK\u0001\u0002", "PK\u0003\u0004", "PK\u0005\u0006", "PK\u0006\u0006", "ML\0MODEL", "LEDOM\0LM", "CML\0DVB\0", "\0BVD\0LMC", "\u0007VBuffer", "\u0008TextSpan",
            "\u0004Key2", "\u0003Key", "\u0006Single", "\u0007Boolean", "\u0008DateTime", "\u000eDateTimeOffset", "TransformerChain", "CustomTransformer",
            "Model.key", "Model.bin", "Schema", "../", "\\",
        }.Select(Encoding.Latin1.GetBytes),
        Encoding.Unicode.GetBytes("Elsewhere, Version=1.0.0.0"),
    ];

    public override byte[] Mutate(Mutator mutator)
    {
        var whole = mutator.Pick(Corpus);
        if (mutator.OneIn(4))
            return mutator.Bytes(whole);

        // Entries whose checksums are right.
        List<(string Name, byte[] Bytes)> entries = [.. _entries[whole]];
        var chosen = mutator.OneIn(2) ? entries.FindIndex(entry => entry.Name == "Schema") : -1;
        chosen = chosen < 0 ? mutator.Below(entries.Count) : chosen;
        entries[chosen] = (entries[chosen].Name, mutator.Bytes(entries[chosen].Bytes));
        if (mutator.OneIn(32))
            entries.RemoveAt(mutator.Below(entries.Count));
        if (mutator.OneIn(32))
            entries.Add((mutator.Pick(["Model.key", "TransformerChain/Transform_001/Model.key", "a/b", "Schema.idv"]), mutator.Pick(entries).Bytes));
        return Zips.Write(entries, CompressionLevel.NoCompression);
    }

    public override void Read(byte[] input)
    {
        TokenScorers.LoadModel(input);
        using (var stream = new MemoryStream(input))
            ModelFileInspector.Inspect(stream);

        ITransformer model;
        try
        {
            model = Models.Load(input, out _);
        }
        catch (Exception e)
        {
            if (!Models.IsDocumented(Causes(e)))
                throw new FindingException($"passed the look into it, and then: {e}", e);
            return;
        }

        using (model as IDisposable)
            Compare(model);
    }

    public override bool IsDocumented(Exception exception) => exception is ModelFileException;

    // The stages, without the schema: what a schema keeps of its annotations is ML.NET's affair.
    private static void Compare(ITransformer model)
    {
        var first = Models.Save(model, schema: null);
        var again = Models.Load(first, out _);
        using (again as IDisposable)
        {
            if (!Same(Zips.Read(first), Zips.Read(Models.Save(again, schema: null))))
                throw new FindingException("what was loaded, saved, loaded and saved is not the same");
        }
    }

    private static bool Same(List<(string Name, byte[] Bytes)> first, List<(string Name, byte[] Bytes)> second) =>
        first.Count == second.Count && first.Zip(second).All(pair => pair.First.Name == pair.Second.Name && pair.First.Bytes.AsSpan().SequenceEqual(pair.Second.Bytes));
}
