using System.Runtime.ExceptionServices;
using System.Text;
using TorchSharp;

namespace MlNetNtd.Examples.Imitation;

/// <summary>A run over the seeds, told as it goes.</summary>
internal sealed class Session
{
    private readonly Settings _settings;
    private readonly Screen _screen;
    private readonly Recipe _recipe;

    /// <param name="settings">What the command line asks for.</param>
    /// <param name="screen">Where to tell it.</param>
    /// <param name="recipe">The sizes; null: those of the example.</param>
    public Session(Settings settings, Screen screen, Recipe? recipe = null)
    {
        _settings = settings;
        _screen = screen;
        _recipe = recipe ?? new Recipe();
    }

    /// <summary>Runs it.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="UserErrorException">Something that the user can put right.</exception>
    public int Run()
    {
        var files = new OutputFiles(_settings.OutputFolder);
        var seeds = Enumerable.Range(_settings.FirstSeed, _settings.Seeds).ToArray();
        _screen.Line($"Imitation, {(seeds.Length == 1 ? $"seed {seeds[0]}" : $"seeds {seeds[0]} to {seeds[^1]}")}, on the CPU: {Libraries()}");
        _screen.Line($"{_recipe.Experts} walks of experts a seed, T = {Course.Steps} tokens of C = {Tokens.Dimension} values: a state and the move made from it");

        var results = _screen.Progress("Three learners a seed", seeds.Length * _recipe.Ticks, tick => RunAll(seeds, tick));
        ResultTable.Print(_screen, results);
        Goals.Print(_screen, results);
        files.Write(files.Picture, Encoding.UTF8.GetBytes(WalkPicture.Draw(results[0])));
        files.Write(files.Chart, Encoding.UTF8.GetBytes(SeedChart.Draw(results)));
        files.Write(files.Model, results[0].Model);
        SavedJudge.Tell(_screen, files.Model, results[0]);
        _screen.Line($"Picture: {files.Picture}");
        _screen.Line($"Chart: {files.Chart}");
        _screen.Line(Goals.LastLine(results));
        return Goals.Learned(results) ? ExitCodes.Success : ExitCodes.LearnedNothing;
    }

    private static string Libraries() =>
        string.Join(", ", Packages.All().Skip(1).Select(package => $"{package.Name} {package.Version}"));

    // Networks this small gain nothing from threads of their own: seeds run side by side instead.
    private SeedResult[] RunAll(int[] seeds, Action tick)
    {
        torch.set_num_threads(1);
        var results = new SeedResult[seeds.Length];
        var options = new ParallelOptions { MaxDegreeOfParallelism = Math.Min(seeds.Length, Environment.ProcessorCount) };
        try
        {
            Parallel.For(0, seeds.Length, options, i => results[i] = SeedRun.Run(_recipe, seeds[i], tick));
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }

        return results;
    }
}
