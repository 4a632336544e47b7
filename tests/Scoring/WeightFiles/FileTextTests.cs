namespace MlNetNtd.Tests;

/// <summary>Text of a file as it appears in messages: printable, without control characters.</summary>
[TestClass]
public sealed class FileTextTests
{
    [TestMethod]
    [DataRow("encoder.layers.0", "encoder.layers.0")]
    [DataRow("", "")]
    [DataRow("größer 重み 😀", "größer 重み 😀")]
    [DataRow("a\u001b[31m\r\n\0b", @"a\u001B[31m\u000D\u000A\u0000b")]
    [DataRow("\u202e\u2028\u2029\u009b", @"\u202E\u2028\u2029\u009B")]
    public void Unprintable_characters_are_escaped(string text, string shown) => Assert.AreEqual(shown, FileText.Shown(text));

    [TestMethod]
    public void Lone_surrogate_is_shown_by_its_code()
    {
        Assert.AreEqual(@"a\uD800", FileText.Shown("a\ud800"));
        Assert.AreEqual(@"\uDC00b", FileText.Shown("\udc00b"));
    }

    [TestMethod]
    public void Long_text_is_cut_between_characters()
    {
        Assert.AreEqual("abc", FileText.Shown("abc", maxCharacters: 3));
        Assert.AreEqual("abc...", FileText.Shown("abcd", maxCharacters: 3));
        Assert.AreEqual("ab...", FileText.Shown("ab😀d", maxCharacters: 3));
    }

    [TestMethod]
    public void Long_list_of_names_is_shortened_with_a_count()
    {
        Assert.AreEqual("none", FileText.List([]));
        Assert.AreEqual(@"'a', '\u0007'", FileText.List(["a", "\a"]));
        Assert.AreEqual("'0', '1', '2', '3', '4', '5', '6', '7', '8', '9' and 2 more", FileText.List([.. Enumerable.Range(0, 12).Select(i => $"{i}")]));
    }
}
