using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>The threads of the process that score, made when first needed; one batch at a time has them.</summary>
internal static class ScoringThreadPool
{
    private static readonly Lock Taken = new();
    private static TorchThreadPool? _workers;

    /// <summary>Runs work in parts: on these threads, or one after another on the calling thread while another batch has them.</summary>
    /// <remarks>
    /// Either way it is the same parts, each on one of libtorch's threads, so scores are the same bits whatever runs beside. Where
    /// another batch has the threads, the cores are busy, and a thread of its own for each part of this one would gain nothing.
    /// </remarks>
    /// <param name="threads">How many there are to be.</param>
    /// <param name="parts">How many parts, at most so many.</param>
    /// <param name="work">Told which part it is, from 0; it runs without gradients, in inference mode where the caller is in it.</param>
    public static void Run(int threads, int parts, Action<int> work)
    {
        if (!Taken.TryEnter())
        {
            using var share = IntraOpThreads.Use(1);
            for (var part = 0; part < parts; part++)
                RunPart(work, part, is_inference_mode_enabled());
            return;
        }

        try
        {
            if (_workers?.Count != threads)
            {
                _workers?.Dispose();
                _workers = new TorchThreadPool(threads, threadsEach: 1);
            }

            var inference = is_inference_mode_enabled();
            _workers.Run(parts, part => RunPart(work, part, inference));
        }
        finally
        {
            Taken.Exit();
        }
    }

    private static void RunPart(Action<int> work, int part, bool inference)
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode(inference);
        using var quiet = no_grad();
        work(part);
    }
}
