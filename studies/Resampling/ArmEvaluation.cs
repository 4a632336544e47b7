using MlNetNtd.Benchmarks.Quality;

namespace MlNetNtd.Studies.Resampling;

/// <summary>Evaluates ways to write text of one seed, all on the same windows.</summary>
/// <param name="trees">The judge of boosted trees.</param>
/// <param name="recurrent">The recurrent judge.</param>
/// <param name="training">Real windows that the judges are trained on.</param>
/// <param name="test">Real windows that nothing is trained on.</param>
/// <param name="writtenPerTest">The number of windows written for each test window: counts of three words in a row are few.</param>
/// <param name="seed">Decides the draws.</param>
internal sealed class ArmEvaluation(
    Judge trees, RecurrentJudge recurrent, IReadOnlyList<int[]> training, IReadOnlyList<int[]> test, int writtenPerTest, int seed)
{
    // The words that the judges are tested on have other draws than those that they are trained on.
    private const int OtherDraws = 1_000_000;

    private readonly NGrams _text = NGrams.Count(test, 3);

    /// <summary>Writes, judges and counts.</summary>
    /// <param name="name">The arm's name.</param>
    /// <param name="loss">Its loss on the test windows.</param>
    /// <param name="write">Writes a number of windows by a seed.</param>
    /// <param name="note">A remark.</param>
    public ArmResult Evaluate(string name, double loss, Func<int, int, List<int[]>> write, string note = "")
    {
        // Code that is compiled and memory that is allocated for the first time are not the arm's.
        write(1, seed);
        List<int[]> first = [], second = [];
        var seconds = CpuClock.Measure(() =>
        {
            first = write(training.Count, seed);
            second = write(test.Count * writtenPerTest, seed + OtherDraws);
        });
        var words = (double)(first.Count + second.Count) * test[0].Length;
        return new ArmResult(
            name, trees.ComputeAuc(training, first, test, second), recurrent.ComputeAuc(training, first, test, second), loss, NGrams.Count(second, 3).DivergenceFrom(_text), seconds / words * 1e6, note);
    }
}
