using MlNetNtd.Examples.Quickstart;

namespace MlNetNtd.Examples.Tests;

[TestClass]
public sealed class MaskPictureTests
{
    [TestMethod]
    public void The_picture_of_two_tokens()
    {
        string[] expected =
        [
            "o = the query attends the key (false in the mask)   . = blocked (true)",
            "",
            "                          context keys   candidate keys",
            "query \\ key                 0  1     2  3",
            " 0 init                     o  .     .  .",
            " 1 true \"alice\"             o  o     .  .",
            "",
            " 2 predicted \"alice\"        o  .     o  .",
            " 3 predicted \"was\"          o  o     .  o",
        ];

        CollectionAssert.AreEqual(expected, MaskPicture.Draw(Mask(2), ["alice", "was"]).ToArray());
    }

    [TestMethod]
    public void Every_cell_is_the_value_of_the_mask_and_no_line_is_too_wide()
    {
        for (var tokens = 1; tokens <= MaskPicture.MaxTokens; tokens++)
        {
            var mask = Mask(tokens);
            string[] words = [.. Enumerable.Range(0, tokens).Select(i => $"word-number-{i}")];
            string[] lines = [.. MaskPicture.Draw(mask, words)];

            // The labels hold no such signs: their words are cut off with three dots, and the cells stand at the end.
            string[] queries = [.. lines.Skip(4).Where(line => line.Length > 0)];
            Assert.HasCount(2 * tokens, queries);
            var cells = string.Concat(queries.Select(line => line[26..].Replace(" ", "", StringComparison.Ordinal)));
            Assert.AreEqual(string.Concat(mask.Select(blocked => blocked ? MaskPicture.Blocked : MaskPicture.Attend)), cells);
            Assert.IsTrue(lines.All(line => line.Length <= 97), "97 columns, and 3 of indentation");
        }
    }

    [TestMethod]
    public void A_mask_of_another_size_and_too_many_tokens_are_refused()
    {
        Assert.ThrowsExactly<ArgumentException>(() => MaskPicture.Draw(Mask(2), ["alice"]));
        Assert.ThrowsExactly<ArgumentException>(() => MaskPicture.Draw([], []));
        Assert.ThrowsExactly<ArgumentException>(() => MaskPicture.Draw(
            Mask(MaskPicture.MaxTokens + 1), new string[MaskPicture.MaxTokens + 1]));
    }

    private static bool[] Mask(int tokens)
    {
        var mask = new bool[NextTokenMask.Count(tokens)];
        NextTokenMask.Fill(mask, tokens, tokens);
        return mask;
    }
}
