using FsCheck.Fluent;
using MlNetNtd.Tests;

namespace MlNetNtd.Serving.Tests;

/// <summary>A text is split into words, numbers and punctuation marks.</summary>
[TestClass]
public sealed class WordTokenizerTests
{
    [TestMethod]
    [DataRow("Oh dear!  I shall be late!", "oh dear ! i shall be late !")]
    [DataRow("Don't, don’t; WAISTCOAT-pocket.", "don't , don't ; waistcoat-pocket .")]
    [DataRow("`Ann's' 12 rules--\"yes\"", "ann's 12 rules yes")]
    [DataRow("Ärger été 東京", "ärger été 東京")]
    [DataRow(" \n\t ()*", "")]
    public void Text_is_split_into_words_numbers_and_marks_in_lower_case(string text, string tokens) =>
        Assert.AreEqual(tokens, string.Join(' ', WordTokenizer.Tokenize(text).Select(token => token.Word)));

    [TestMethod]
    public void Tokens_of_any_text_follow_one_another_and_lie_in_it() => Property.Check(
        Gen.Elements("aBé東1'’-.,! \n\u0301\ud83d\ude00".ToCharArray()).ArrayOf().Select(characters => new string(characters)),
        text =>
        {
            var end = 0;
            foreach (var token in WordTokenizer.Tokenize(text))
            {
                Assert.IsGreaterThanOrEqualTo(end, token.Start);
                Assert.IsGreaterThan(0, token.Length);
                end = token.Start + token.Length;
                Assert.IsLessThanOrEqualTo(text.Length, end);
            }
        });
}
