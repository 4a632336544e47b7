using MlNetNtd.Studies.TextGan;

namespace MlNetNtd.Examples.Tests;

[TestClass]
public sealed class TokenizerTests
{
    [TestMethod]
    [DataRow("Down the Rabbit-Hole", "down the rabbit-hole")]
    [DataRow("I don't know;  `why?'", "i don't know ; ` why ? '")]
    [DataRow("'tis waistcoat- \n pocket", "' tis waistcoat - pocket")]
    [DataRow("Oh!!  --  ... well", "oh !! -- ... well")]
    [DataRow("?!", "? !")]
    [DataRow("42 times, ÉTÉ", "42 times , été")]
    [DataRow("a😀😀b", "a 😀 😀 b")]
    [DataRow("a\u001bb\u0007", "a b")]
    [DataRow(" \t\n ", "")]
    public void Text_is_split_into_lower_case_words_numbers_and_punctuation(string text, string tokens) =>
        Assert.AreEqual(tokens, string.Join(' ', Tokenizer.Tokenize(text)));

    [TestMethod]
    public void Most_frequent_words_get_ids_and_the_others_are_unknown()
    {
        var vocabulary = Vocabulary.Build(["b", "c", "a", "b", "c", "c", "rare"], maxWords: 3);

        Assert.AreEqual(4, vocabulary.Count);
        string[] words = [.. Enumerable.Range(0, 4).Select(id => vocabulary[id])];
        CollectionAssert.AreEqual(new[] { Vocabulary.UnknownWord, "c", "b", "a" }, words);
        Assert.AreEqual(2, vocabulary.GetId("b"));
        Assert.AreEqual(Vocabulary.UnknownId, vocabulary.GetId("rare"));
        Assert.AreEqual(Vocabulary.UnknownId, vocabulary.GetId("never seen"));
    }

    [TestMethod]
    public void Rare_words_of_the_book_are_unknown()
    {
        var (vocabulary, ids) = Samples.ReadBook();

        Assert.IsInRange(300, 2000, vocabulary.Count);
        Assert.IsInRange(0.001, 0.25, ids.Count(id => id == Vocabulary.UnknownId) / (double)ids.Length);
        Assert.AreEqual("alice's adventures in", string.Join(' ', ids.Take(3).Select(id => vocabulary[id])));
    }
}
