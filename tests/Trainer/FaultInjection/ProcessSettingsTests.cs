using Microsoft.ML;
using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>Training and scoring change no setting of the process, and concurrent trainings do not affect each other.</summary>
[TestClass]
[DoNotParallelize]
public sealed class ProcessSettingsTests
{
    private const int Threads = 3;

    [TestMethod]
    public void Concurrent_fits_end_with_the_weights_of_a_fit_alone() => WithThreads(Threads, () =>
    {
        var expected = OnNewThread(Fit);
        var (wrong, seen) = (0, new int[64]);
        var fitting = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < 25; i++)
            {
                if (!Fit().SequenceEqual(expected))
                    Interlocked.Increment(ref wrong);
            }
        })).ToArray();
        foreach (var thread in fitting)
            thread.Start();

        // Each of them meets libtorch for the first time.
        while (Array.Exists(fitting, thread => thread.IsAlive))
            seen[OnNewThread(get_num_threads)]++;

        Assert.AreEqual(0, wrong, $"of {25 * fitting.Length} fits");
        Assert.AreEqual(seen.Sum(), seen[Threads], $"of {seen.Sum()} threads; by number: {string.Join(' ', seen)}");
        Assert.IsGreaterThan(100, seen[Threads]);
    });

    [TestMethod]
    public void Training_and_scoring_leave_process_and_thread_settings_unchanged() => WithThreads(Threads, () => OnNewThread(() =>
    {
        set_default_dtype(ScalarType.Float64);
        try
        {
            using var quiet = no_grad();
            var before = Settings();

            var found = Fit();

            CollectionAssert.AreEqual(before, Settings());
            set_default_dtype(ScalarType.Float32);
            CollectionAssert.AreEqual(Fit(), found, "They depend on no such setting either.");
            return true;
        }
        finally
        {
            set_default_dtype(ScalarType.Float32);
        }
    }));

    private static List<string> Settings()
    {
        List<string> settings =
        [
            $"threads {get_num_threads()}, of a new thread {OnNewThread(get_num_threads)}, between operations {get_num_interop_threads()}",
            $"gradients {is_grad_enabled()}, of a new thread {OnNewThread(is_grad_enabled)}, inference {is_inference_mode_enabled()}",
            $"type {get_default_dtype()}, device {get_default_device()}",
            $"generator {Convert.ToHexString(get_rng_state().bytes)}",
        ];
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
            settings.Add($"{variable.Key}={variable.Value}");
        // Handlers and ignored signals, as Linux tells them.
        if (OperatingSystem.IsLinux())
            settings.AddRange(File.ReadLines("/proc/self/status").Where(line => line.StartsWith("SigCgt", StringComparison.Ordinal) || line.StartsWith("SigIgn", StringComparison.Ordinal)));
        return settings;
    }

    // One step whose rows are divided among threads, its validation and its scores.
    // libtorch's settings are what the Torch engine could change.
    private static float[] Fit()
    {
        var context = new MLContext(seed: 1);
        var view = Trainers.Transformed(context, Samples.View(context, 12));
        using var scorer = Trainers.Small(context, options => (options.Epochs, options.ValidationFraction, options.Engine) = (1, 0.4, EngineKind.Torch)).Fit(view);
        return [.. scorer.Weights().SelectMany(weight => weight.Value), .. scorer.Scores(context, view).Select(score => score.Score)];
    }

    private static T OnNewThread<T>(Func<T> act)
    {
        T? result = default;
        Exception? error = null;
        var thread = new Thread(() =>
        {
            try
            {
                result = act();
            }
            catch (Exception e)
            {
                error = e;
            }
        });
        thread.Start();
        thread.Join();
        return error is null ? result! : throw new AssertFailedException(error.Message, error);
    }

    private static void WithThreads(int threads, Action act)
    {
        var before = get_num_threads();
        set_num_threads(threads);
        try
        {
            act();
        }
        finally
        {
            set_num_threads(before);
        }
    }
}
