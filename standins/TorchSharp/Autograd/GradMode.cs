namespace TorchSharp.Internal;

/// <summary>Whether operations on this thread are recorded for gradients.</summary>
internal static class GradMode
{
    [ThreadStatic]
    private static bool _disabled;

    public static bool Enabled
    {
        get => !_disabled;
        set => _disabled = !value;
    }

    [field: ThreadStatic]
    public static bool Inference { get; set; }

    /// <summary>Sets the mode until disposed.</summary>
    public sealed class GradGuard : IDisposable
    {
        private readonly bool _before = Enabled;

        public GradGuard(bool enabled) => Enabled = enabled;

        public void Dispose() => Enabled = _before;
    }

    /// <summary>Inference mode until disposed; it switches recording as well.</summary>
    public sealed class InferenceGuard : IDisposable
    {
        private readonly bool _gradBefore = Enabled;
        private readonly bool _inferenceBefore = Inference;
        private bool _disposed;

        public InferenceGuard(bool mode)
        {
            Inference = mode;
            Enabled = !mode;
        }

        public void Dispose()
        {
            if (_disposed)
                return;
            _disposed = true;
            Inference = _inferenceBefore;
            Enabled = _gradBefore;
        }
    }
}
