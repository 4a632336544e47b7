using System.IO.Compression;
using System.Text;
using MlNetNtd.Tests;

namespace MlNetNtd.Fuzz;

/// <summary>
/// Damages the entry of a transform or a scorer in a valid zip and reads it by <c>mlContext.Model.Load</c> and by
/// <see cref="TokenScorer.LoadModel(Stream, int?)"/>.
/// </summary>
internal sealed class EntryTarget : FuzzTarget
{
    private const string Key = "Model.key";

    // The bytes before the transform's own.
    private const int HeaderBytes = 256;

    private readonly string _loader;
    private readonly List<byte[]> _corpus;
    private readonly List<(string Name, byte[] Bytes)> _around;
    private readonly string _entry;

    // What a scorer without ML.NET needs beside the entry.
    private readonly IReadOnlyList<(string Name, byte[] Bytes)> _scorer;

    private EntryTarget(string name, string loader, IEnumerable<byte[]> zips, byte[]? scorer = null)
    {
        (Name, _loader) = (name, loader);
        _scorer = scorer is null ? [] : [($"Scorer/{Key}", scorer)];
        var models = zips.ToList();
        _corpus = [.. models.Select(zip => Zips.Entry(zip, Entry(zip)))];
        // The smallest zip around it. Schemas are read by threads of their own, which takes most of the time, and are attacked
        // with the whole zip.
        _entry = Entry(models[0]);
        _around = [.. Zips.Read(models[0]).Where(entry => entry.Name != _entry && !entry.Name.StartsWith("Schema", StringComparison.Ordinal))];
    }

    public override string Name { get; }

    public override IReadOnlyList<byte[]> Corpus => _corpus;

    public override IReadOnlyList<byte[]> Dictionary { get; } =
    [
        .. new[] { "NTDSTAGE", "NTDSCORE", "NextTokenDiscriminator", "NextTokenScorer", "ML\0MODEL", "LEDOM\0LM", "CopyTransform" }.Select(Encoding.ASCII.GetBytes),
        .. new[] { float.NaN, float.PositiveInfinity, -1 }.Select(BitConverter.GetBytes),
    ];

    public static EntryTarget Stage() => new("stage", "NextTokenDiscriminator", Models.Stages(), Models.ScorerEntry());

    public static EntryTarget Scorer() => new("scorer", "NextTokenScorer", Models.Scorers());

    public override byte[] Mutate(Mutator mutator)
    {
        var whole = mutator.Pick(_corpus);
        if (mutator.OneIn(4))
            return mutator.Bytes(whole);

        // A header that fits its content, around other bytes of the transform's own.
        var key = new ModelKey(whole);
        var heading = Math.Min(key.Block.Length, 128);
        switch (mutator.Below(4))
        {
            case 0:
                key.Block = mutator.Bytes(key.Block);
                break;
            case 1:
                key.Block = [.. mutator.Bytes(key.Block[..heading]), .. key.Block[heading..]];
                break;
            case 2:
                key.SetInt32(sizeof(int) * mutator.Below(heading / sizeof(int)), unchecked((int)mutator.Number()));
                break;
            default:
                key.Strings[mutator.Below(key.Strings.Count)] = mutator.Pick(["", " ", "\0", "Combined", "a\uD800", new string('x', 1 << 12)]);
                break;
        }

        if (mutator.OneIn(16))
            key.VersionWritten = (uint)(0x00010000 + mutator.Below(5));
        return key.ToBytes();
    }

    public override void Read(byte[] input)
    {
        var scorer = TokenScorers.LoadModel(Zips.Write([.. Around(input), .. _scorer], CompressionLevel.NoCompression));
        var first = Load(input);
        if (scorer is null)
            throw new FindingException("ML.NET loads what TokenScorer.LoadModel refuses");
        var second = Load(first);
        if (!first.AsSpan().SequenceEqual(second))
            throw new FindingException("what was loaded, saved, loaded and saved is not the same");
        if (IsOwn(input) && !first.AsSpan(HeaderBytes, sizeof(int)).SequenceEqual(input.AsSpan(HeaderBytes, sizeof(int))))
            throw new FindingException("what was loaded was saved with other names");
    }

    public override bool IsDocumented(Exception exception) => Models.IsDocumented(Causes(exception));

    private byte[] Load(byte[] input)
    {
        var model = Models.Load(Zips.Write(Around(input), CompressionLevel.NoCompression), out _);
        try
        {
            return Zips.Entry(Models.Save(model, schema: null), _entry);
        }
        finally
        {
            (model as IDisposable)?.Dispose();
        }
    }

    private List<(string Name, byte[] Bytes)> Around(byte[] input) => [.. _around, (_entry, input)];

    private bool IsOwn(byte[] input) => _corpus.Any(whole => ReferenceEquals(whole, input));

    private string Entry(byte[] zip) => Zips.Names(zip).First(name =>
        name.EndsWith(Key, StringComparison.Ordinal) && Encoding.ASCII.GetString(Zips.Entry(zip, name), 0x50, 24).TrimEnd('\0') == _loader);
}
