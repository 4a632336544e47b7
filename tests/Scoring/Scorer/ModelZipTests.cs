using System.IO.Compression;
using FsCheck.Fluent;
using static MlNetNtd.Tests.ModelZips;

namespace MlNetNtd.Tests;

/// <summary>A scorer from a model zip, and the zips that have none: damaged, of another version, or made to do harm.</summary>
[TestClass]
public sealed class ModelZipTests
{
    private const int Tokens = 4;

    private static readonly float[] Initial = [0.5f, -1, 2];

    [TestMethod]
    public void Scorer_and_initial_embedding_are_read_among_other_entries()
    {
        var scorer = Load(
            ("Schema", [1, 2, 3]), ("Model.key", []), ("TransformerChain/Model.key", Part("OTHERONE", 0, _ => { })), (TransformName, Transform(Initial)), (ScorerName, Scorer()));

        Assert.AreEqual(Config, scorer.Config);
        SameScores(new TokenScorer(Weights, Initial, threads: 1), scorer);
    }

    [TestMethod]
    public void Scorer_alone_has_an_initial_embedding_of_zeros() =>
        SameScores(new TokenScorer(Weights, new float[Config.EmbeddingDimension], threads: 1), Load(("Model.key", Scorer())));

    [TestMethod]
    public void Part_that_is_truncated_anywhere_is_refused() => Property.Check(
        Gen.Choose(0, Scorer().Length - 1),
        length => Refused(Zips.Write([(ScorerName, Scorer()[..length])]), ""));

    [TestMethod]
    public void Fields_that_end_too_early_are_named_by_their_entry()
    {
        var part = Scorer()[..(HeaderBytes + 20)];

        Refused($"{ScorerName}: it ends too early", (ScorerName, Set(part, offset: 0x18, 20L)));
    }

    [TestMethod]
    [DataRow(0x00010004u, 0x00010004u, "1.4")]
    [DataRow(0x00020000u, 0x00010004u, "1.4")]
    [DataRow(0x00010002u, 0x00010002u, "1.2")]
    public void Part_of_another_version_is_refused(uint written, uint readable, string found) => Refused(
        $"{ScorerName}: expected version 1.3, found {found}", (ScorerName, Set(Set(Scorer(), offset: 0x48, written), offset: 0x4C, readable)));

    [TestMethod]
    public void Part_of_a_later_version_that_this_one_reads_is_read() =>
        Assert.AreEqual(Config, Load((ScorerName, Set(Scorer(), offset: 0x48, 0x00010004u))).Config);

    [TestMethod]
    public void Number_of_scorers_and_transforms_is_checked()
    {
        Refused("expected one scorer of BinaryClassification.Trainers.NextTokenDiscriminator, found 0", (TransformName, Transform(Initial)));
        Refused("expected one scorer of BinaryClassification.Trainers.NextTokenDiscriminator, found 2", (ScorerName, Scorer()), ("b/Model.key", Scorer()));
        Refused(
            "expected at most one transform of Transforms.NextTokenDiscriminator, found 2",
            (ScorerName, Scorer()), (TransformName, Transform(Initial)), ("b/Model.key", Transform(Initial)));
    }

    [TestMethod]
    public void Transform_that_does_not_fit_the_scorer_is_refused()
    {
        Refused("expected a transform of 3 dimensions, as the scorer has, found 2", (ScorerName, Scorer()), (TransformName, Transform(1, 2)));
        Refused("InitialEmbedding: expected finite values, found NaN at position 1", (ScorerName, Scorer()), (TransformName, Transform(1, float.NaN, 2)));
    }

    [TestMethod]
    [DataRow(255L, 8L)]
    [DataRow(257L, 8L)]
    [DataRow(long.MaxValue, 8L)]
    [DataRow(256L, -1L)]
    [DataRow(256L, long.MaxValue)]
    [DataRow(256L, 1L << 31)]
    public void Offset_and_length_that_lie_are_refused(long offset, long length)
    {
        var part = Set(Set(Scorer(), offset: 0x10, offset), offset: 0x18, length);

        Refused($"{ScorerName}: expected at most {part.Length - HeaderBytes} bytes from offset 256, found {length} from {offset}", (ScorerName, part));
    }

    [TestMethod]
    public void Sizes_that_contradict_the_length_are_refused()
    {
        // MaxTokens is the fourth field behind three names.
        const int maxTokens = HeaderBytes + 6 * sizeof(int);
        var bytes = Weights.Count * sizeof(float);
        var row = Config.ModelDimension!.Value * sizeof(float);

        Refused($"{ScorerName}: its sizes take {bytes + row} bytes of weights, {bytes} are left", (ScorerName, Set(Scorer(), maxTokens, 5)));
        Refused($"{ScorerName}: its last {row} bytes belong to no field", (ScorerName, Set(Scorer(), maxTokens, 3)));
        Refused($"{ScorerName}: MaxTokens: expected 1 to 23170 tokens, found 23171", (ScorerName, Set(Scorer(), maxTokens, 23171)));
    }

    [TestMethod]
    public void Weight_that_is_not_finite_is_refused()
    {
        var part = Scorer();

        Refused($"{ScorerName}: every weight must be finite, found NaN at position 0 of 'head.bias'", (ScorerName, Set(part, part.Length - sizeof(float), float.NaN)));
    }

    [TestMethod]
    public void Zeros_that_pack_a_thousandfold_are_refused_before_they_are_unpacked()
    {
        var config = Config with { MaxTokens = 23_000, ModelDimension = 256 };
        var zip = Zips.Write([(ScorerName, Scorer(new StateDictionary(config, config.Parameters().ToDictionary(one => one.Name, one => new float[one.Count]))))]);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Refused(zip, $"{ScorerName}: expected at most ");

        Assert.IsLessThan(1 << 20, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    public void Zip_of_too_many_entries_is_refused() =>
        Refused(Zips.Write(Enumerable.Range(0, 65_537).Select(i => ($"{i}", Array.Empty<byte>())), CompressionLevel.NoCompression), "expected at most 65536 entries, found 65537");

    [TestMethod]
    public void File_that_is_no_zip_is_refused()
    {
        Refused([1, 2, 3], "expected a model zip, found another or a damaged file");
        Refused(Zips.Write([(ScorerName, Scorer())])[..^8], "expected a model zip, found another or a damaged file");
    }

    [TestMethod]
    public void Error_names_the_file()
    {
        using var file = new TemporaryFile();
        File.WriteAllText(file.Path, "no zip");

        Expect.Error<FormatException>($"{file.Path}: expected a model zip, found another or a damaged file.", () => TokenScorer.LoadModel(file.Path));
    }

    private static void SameScores(TokenScorer expected, TokenScorer found)
    {
        var random = new Random(1);
        var (real, candidates) = (Sequences.Values(random, Tokens * Config.EmbeddingDimension), Sequences.Values(random, Tokens * Config.EmbeddingDimension));
        var (logits, others) = (new float[Tokens], new float[Tokens]);
        expected.Score(real, candidates, logits);
        found.Score(real, candidates, others);
        Expect.SameBits(logits, others);
    }

    private static void Refused(string problem, params (string Name, byte[] Bytes)[] entries) => Refused(Zips.Write(entries), problem + ".");

    private static void Refused(byte[] zip, string problem) =>
        Assert.StartsWith($"Cannot read the model: {problem}", Assert.ThrowsExactly<FormatException>(() => Load(zip)).Message);
}
