using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Tokenizers;
using Microsoft.ML.TorchSharp;
using Microsoft.ML.TorchSharp.NasBert.Models;

namespace MlNetNtd.Tests;

/// <summary>
/// The transform in one chain with a trainer of Microsoft.ML.TorchSharp. Built with <c>-p:WithMicrosoftMLTorchSharp=true</c>, where a
/// package source carries that package.
/// </summary>
[TestClass]
[DoNotParallelize] // That trainer seeds TorchSharp's global generator.
public sealed class MicrosoftMLTorchSharpTests
{
    [TestMethod]
    public void Chain_with_a_text_classifier_has_the_columns_of_both()
    {
        var ml = new MLContext(seed: 1);

        var promised = Chain(ml).GetOutputSchema(Shapes.Of(Rows(ml).Schema)).Select(column => column.Name).ToArray();

        CollectionAssert.IsSubsetOf(new[] { "Combined", "Mask", "Label", "PredictedLabel", "Score" }, promised);
    }

    // With TorchSharp 0.107 its text trainers, whatever stands before them, dispose their own parameters: the initializers
    // return what they are given since then, and it frees what they return. Where this fails, that has been mended, and the
    // chain should be seen to score, and the same after saving and loading.
    [TestMethod]
    public void Fit_of_the_chain_reaches_its_first_step()
    {
        using var folder = new TemporaryDirectory();
        var ml = new MLContext(seed: 1) { TempFilePath = folder.Path };
        WritePretrained(Path.Combine(folder.Path, "mlnet"));

        var error = Assert.ThrowsExactly<InvalidOperationException>(() => Chain(ml).Fit(Rows(ml)));

        Assert.AreEqual("Tensor invalid -- empty handle.", error.Message);
        StringAssert.Contains(error.StackTrace, "NasBertEncoder");
    }

    private static EstimatorChain<TorchSharpBaseTransformer> Chain(MLContext ml) => ml.Transforms.NextTokenDiscriminator(embeddingDimension: 2)
        .Append(ml.Transforms.Conversion.MapValueToKey("Label", nameof(TextRow.Speaker)))
        .Append(ml.MulticlassClassification.Trainers.TextClassification(sentence1ColumnName: nameof(TextRow.Sentence), batchSize: 2, maxEpochs: 1));

    private static IDataView Rows(MLContext ml) => ml.Data.LoadFromEnumerable(Enumerable.Range(0, 4).Select(i => new TextRow
    {
        PreviousEmbeddings = [i, 1, 2, 3],
        CurrentEmbeddings = [i, 5, 6, 7],
        Sentence = i % 2 == 0 ? "off with her head" : "down the rabbit hole",
        Speaker = i % 2 == 0 ? "queen" : "author",
    }));

    // What the trainer would fetch from the network before it begins: a network of its shape, here with random weights.
    private static void WritePretrained(string folder)
    {
        Directory.CreateDirectory(folder);
        var assembly = typeof(NasBertEncoder).Assembly;
        var tokenizer = EnglishRobertaTokenizer.Create(
            assembly.GetManifestResourceStream("encoder.json")!, assembly.GetManifestResourceStream("vocab.bpe")!,
            assembly.GetManifestResourceStream("dict.txt")!, RobertaPreTokenizer.Instance);
        tokenizer.AddMaskSymbol();
        using var encoder = new NasBertEncoder(
            paddingIdx: tokenizer.PadIndex, vocabSize: tokenizer.SymbolsCount, activationFn: "gelu", maxSeqLen: 512, embedSize: 64,
            arches: [9, 11, 7, 0, 0, 0, 11, 11, 7, 0, 0, 0, 9, 7, 11, 0, 0, 0, 10, 7, 9, 0, 0, 0],
            numSegments: 0, encoderNormalizeBefore: true, numEncoderLayers: 24, applyBertInit: true);
        encoder.save(Path.Combine(folder, "NasBert2000000.tsm"));
    }

    private sealed class TemporaryDirectory : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("ntd").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }

    private sealed class TextRow
    {
        [VectorType(2, 2)]
        public float[] PreviousEmbeddings { get; set; } = [];

        [VectorType(2, 2)]
        public float[] CurrentEmbeddings { get; set; } = [];

        public string Sentence { get; set; } = "";

        public string Speaker { get; set; } = "";
    }
}
