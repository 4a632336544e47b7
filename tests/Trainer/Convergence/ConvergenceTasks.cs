namespace MlNetNtd.Tests;

/// <summary>The tasks of docs/evidence/measurements.md, "What the defaults learn".</summary>
internal static class ConvergenceTasks
{
    private const int Symbols = 8;

    /// <summary>
    /// Noise; true candidates are one more in each dimension: what all dimensions have in common is all there is to know.
    /// </summary>
    public static ConvergenceTask Shift { get; } = new("Shift", Dimension: 4, Possible: 1, random =>
    {
        var label = random.Next(2) == 0;
        return Row(Noise(random, 4, 0), Noise(random, 4, label ? 1 : 0), label);
    });

    /// <summary>Each symbol is followed by a certain one; false candidates do not follow the true token before.</summary>
    public static ConvergenceTask Context { get; } = new("Context", Symbols, Possible: 1, random =>
    {
        var text = Text(random, followers: 1);
        var label = random.Next(2) == 0;
        return Row(Embed(text), Embed([.. text.Select((symbol, t) => label ? symbol : t == 0 ? random.Next(Symbols) : Stranger(random, text[t - 1], 1))]), label);
    });

    /// <summary>
    /// True candidates are the true tokens; false ones are other draws of what may follow. The mask hides the true token.
    /// </summary>
    public static ConvergenceTask Peeking { get; } = new("Peeking", Symbols, Possible: 0.5, Drawn);

    /// <summary>The same without the causal part of the mask: whoever compares two places is right.</summary>
    public static ConvergenceTask Comparing { get; } = new("Comparing", Symbols, Possible: 1, Drawn, MaskWithoutCausality());

    /// <summary>A label a token: all candidates follow from the true token before them but one, which is never the first.</summary>
    public static ConvergenceTask OneFalseToken { get; } = new("One false token", Symbols, Possible: 1, random =>
    {
        var text = Text(random, followers: 2);
        var wrong = random.Next(1, ConvergenceTask.Tokens);
        var candidates = text.ToArray();
        candidates[wrong] = Stranger(random, text[wrong - 1], 2);
        var row = Row(Embed(text), Embed(candidates), label: true);
        row.TokenLabels = [.. text.Select((_, t) => t != wrong)];
        return row;
    }, LabelsTokens: true);

    public static IReadOnlyList<ConvergenceTask> All { get; } = [Shift, Context, Peeking, Comparing, OneFalseToken];

    private static LearningRow Drawn(Random random)
    {
        var text = Text(random, followers: 4);
        var label = random.Next(2) == 0;
        return Row(Embed(text), Embed([.. text.Select((symbol, t) => label ? symbol : t == 0 ? random.Next(Symbols) : Follower(random, text[t - 1], 4))]), label);
    }

    private static LearningRow Row(float[] previous, float[] current, bool label) =>
        new() { PreviousEmbeddings = previous, CurrentEmbeddings = current, Label = label };

    private static int[] Text(Random random, int followers)
    {
        var text = new int[ConvergenceTask.Tokens];
        text[0] = random.Next(Symbols);
        for (var t = 1; t < text.Length; t++)
            text[t] = Follower(random, text[t - 1], followers);
        return text;
    }

    private static int Follower(Random random, int symbol, int followers) => (symbol + 1 + random.Next(followers)) % Symbols;

    private static int Stranger(Random random, int symbol, int followers) => (symbol + 1 + random.Next(followers, Symbols)) % Symbols;

    private static float[] Embed(int[] text)
    {
        var values = new float[text.Length * Symbols];
        for (var t = 0; t < text.Length; t++)
            values[t * Symbols + text[t]] = 2f;
        return values;
    }

    private static float[] Noise(Random random, int dimension, float shift) =>
        [.. Enumerable.Range(0, ConvergenceTask.Tokens * dimension).Select(_ => shift + (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];

    private static bool[] MaskWithoutCausality()
    {
        var side = 2 * ConvergenceTask.Tokens;
        return [.. Enumerable.Range(0, side * side).Select(i => i % side >= ConvergenceTask.Tokens && i % side != i / side)];
    }
}
