using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>The process-wide thread pool for scoring. It is created when first needed and serves one batch at a time.</summary>
internal static class ScoringThreadPool
{
    private static readonly Lock InUse = new();
    private static TorchThreadPool? _pool;

    /// <summary>
    /// Runs work in parts: on the pool's threads, or sequentially on the calling thread if another batch occupies the pool.
    /// </summary>
    /// <remarks>
    /// The parts are the same either way, and each uses one of libtorch's threads, so scores have the same bits whatever runs at
    /// the same time. While another batch occupies the pool, the cores are busy and more threads would gain nothing.
    /// </remarks>
    /// <param name="threads">The size of the pool.</param>
    /// <param name="parts">The number of parts, at most <paramref name="threads"/>.</param>
    /// <param name="work">
    /// Receives the index of the part. It runs without gradients, and in inference mode if the caller is in it.
    /// </param>
    public static void Run(int threads, int parts, Action<int> work)
    {
        if (!InUse.TryEnter())
        {
            using var limit = IntraOpThreads.Use(1);
            for (var part = 0; part < parts; part++)
                RunPart(work, part, is_inference_mode_enabled());
            return;
        }

        try
        {
            if (_pool?.Count != threads)
            {
                _pool?.Dispose();
                _pool = new TorchThreadPool(threads, threadsEach: 1);
            }

            var inference = is_inference_mode_enabled();
            _pool.Run(parts, part => RunPart(work, part, inference));
        }
        finally
        {
            InUse.Exit();
        }
    }

    private static void RunPart(Action<int> work, int part, bool inference)
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode(inference);
        using var noGrad = no_grad();
        work(part);
    }
}
