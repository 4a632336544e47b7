using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>The threads of the process that score, made when first needed; one batch at a time has them.</summary>
internal static class ScoringWorkers
{
    private static readonly Lock Taken = new();
    private static TorchWorkers? _workers;

    /// <summary>Runs work in parts, unless the threads are busy with another batch.</summary>
    /// <param name="threads">How many there are to be.</param>
    /// <param name="parts">How many parts, at most so many.</param>
    /// <param name="work">Told which part it is, from 0; it runs without gradients, in inference mode where the caller is in it.</param>
    /// <returns>False: nothing was run.</returns>
    public static bool TryRun(int threads, int parts, Action<int> work)
    {
        if (!Taken.TryEnter())
            return false;
        try
        {
            if (_workers?.Count != threads)
            {
                _workers?.Dispose();
                _workers = new TorchWorkers(threads, threadsEach: 1);
            }

            var inference = is_inference_mode_enabled();
            _workers.Run(parts, part =>
            {
                using var scope = NewDisposeScope();
                using var mode = inference_mode(inference);
                using var quiet = no_grad();
                work(part);
            });
            return true;
        }
        finally
        {
            Taken.Exit();
        }
    }
}
