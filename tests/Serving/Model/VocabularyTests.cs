namespace MlNetNtd.Serving.Tests;

/// <summary>The file of words and embeddings.</summary>
[TestClass]
public sealed class VocabularyTests
{
    [TestMethod]
    public void Written_vocabulary_is_read_back()
    {
        using var folder = new ModelFolder();
        string[] words = [Vocabulary.UnknownWord, "don't", "été"];
        new Vocabulary(words, [0, 0, 1, 2, 3, 4], "hash", "A sentence.").Write(folder.VocabularyPath);

        var read = Vocabulary.Read(folder.VocabularyPath);

        CollectionAssert.AreEqual(words, read.Words);
        Assert.AreEqual(2, read.Dimension);
        Assert.AreEqual("hash", read.ModelHash);
        Assert.AreEqual("A sentence.", read.Description);
        CollectionAssert.AreEqual((float[])[3, 4], read.GetEmbedding(read.GetId("été")).ToArray());
        Assert.AreEqual(Vocabulary.UnknownId, read.GetId("zebra"));
    }

    [TestMethod]
    [DataRow("one two", 4, "expected '<unknown>' as the first word, found 'one'")]
    [DataRow("<unknown> one one", 3, "expected each word once, found 'one' twice")]
    [DataRow("<unknown> one", 3, "expected an embedding for each of 2 words, found 3 values")]
    [DataRow("<unknown> one", 0, "expected an embedding for each of 2 words, found 0 values")]
    public void Vocabulary_that_is_none_is_refused(string words, int values, string sentence) =>
        Assert.AreEqual(sentence, Assert.Throws<FormatException>(() => new Vocabulary(words.Split(' '), new float[values], "hash", "")).Message);

    [TestMethod]
    public void Value_that_is_not_finite_is_named_by_its_word() => Assert.AreEqual(
        "expected finite values, found NaN in the embedding of 'one'",
        Assert.Throws<FormatException>(() => new Vocabulary([Vocabulary.UnknownWord, "one"], [0, 1, float.NaN, 0], "hash", "")).Message);

    [TestMethod]
    public void File_of_other_tensors_is_refused()
    {
        using var folder = new ModelFolder();
        Safetensors.Write(folder.VocabularyPath, [new("weights", TensorData.FromSingles([1], [1]))]);

        Assert.AreEqual("expected a tensor 'embeddings' of type F32, found none", Assert.Throws<FormatException>(() => Vocabulary.Read(folder.VocabularyPath)).Message);
    }
}
