using Microsoft.ML;

namespace MlNetNtd.Examples.TextGan;

/// <summary>Judges what a generator writes on its own, by means that it was not trained by.</summary>
internal sealed class FreshJudge
{
    /// <summary>A word repeats if it is one of so many before it.</summary>
    private const int RepetitionReach = 8;

    // Windows written for a window of held-out text: counts of three words in a row are few.
    private const int WrittenShare = 20;

    private readonly Workbench _bench;

    public FreshJudge(Workbench bench) => _bench = bench;

    /// <summary>Judges the generator as it is. Both arms of a seed meet the same draws and the same first weights.</summary>
    public ArmResult Judge(CancellationToken cancellation)
    {
        var story = _bench.Story;
        List<int[]> text = [.. story.HeldOut.Select(window => story[window].ToArray())];
        var written = Write(text.Count * WrittenShare, 0);
        return new ArmResult(
            new Pretraining(_bench).HeldOutLoss(),
            FreshAuc(cancellation),
            [.. Enumerable.Range(1, 3).Select(n => NGrams.Of(written, n).DivergenceFrom(NGrams.Of(text, n)))],
            Math.Abs(Repetition(written) - Repetition(text)));
    }

    /// <summary>The share of words that are one of the 8 before them.</summary>
    public static double Repetition(IEnumerable<int[]> texts)
    {
        var (repeated, all) = (0L, 0L);
        foreach (var text in texts)
        {
            for (var i = 1; i < text.Length; i++)
            {
                all++;
                repeated += text.AsSpan(Math.Max(0, i - RepetitionReach)..i).Contains(text[i]) ? 1 : 0;
            }
        }

        return (double)repeated / all;
    }

    // Of tokens: each window has T of them, and their mean differs less from one training to the next.
    private double FreshAuc(CancellationToken cancellation)
    {
        var (story, rows, seeds) = (_bench.Story, _bench.Rows, _bench.Seeds);
        var train = Enumerable.Range(0, _bench.Preset.JudgePasses).SelectMany(pass => story.Pass(seeds.FreshJudge(pass + 3)))
            .Select(window => Example.True(story, window)).ToArray();
        var shown = Write(train.Length, 1).Select(Example.Foreign);
        var pipeline = _bench.Pipeline.Stage(_bench.Table)
            .Append(_bench.Pipeline.Trainer(seeds.FreshJudge(0), _bench.Preset.JudgeEpochs, _ => { }, null, cancellation));
        using var model = pipeline.Fit(rows.Of([.. train, .. shown]));
        var judged = story.HeldOut.Select(window => Example.True(story, window)).Concat(Write(story.HeldOutWindows * WrittenShare, 2).Select(Example.Foreign));
        return HeldOutJudge.OfModel(model, rows.Of(judged));
    }

    private List<int[]> Write(int count, int part) =>
        new Sampler(_bench.Generator, _bench.Table, _bench.Machine.Device).Write(count, _bench.Story.Tokens, new Random(_bench.Seeds.FreshJudge(part)));
}
