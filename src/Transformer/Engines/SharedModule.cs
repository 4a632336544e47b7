using System.Collections.Immutable;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>The module of one transformer on one device, made when the first block needs it, shared by all cursors.</summary>
/// <remarks>Its weights never change, so forwards may run side by side.</remarks>
internal sealed class SharedModule : IDisposable
{
    private readonly ImmutableArray<float> _initialEmbedding;
    private readonly Lock _lock = new();
    private NextTokenDiscriminator? _module;
    private bool _disposed;

    public SharedModule(ImmutableArray<float> initialEmbedding, int maxTokens, Device device)
    {
        _initialEmbedding = initialEmbedding;
        MaxTokens = maxTokens;
        Device = device;
    }

    public Device Device { get; }

    public int MaxTokens { get; }

    public int EmbeddingDimension => _initialEmbedding.Length;

    public NextTokenDiscriminator Get()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(NextTokenDiscriminatorTransformer));
            return _module ??= Create(_initialEmbedding, MaxTokens, Device);
        }
    }

    /// <summary>A module with an initial embedding of one's own, in evaluation mode, outside every dispose scope.</summary>
    public static NextTokenDiscriminator Create(ImmutableArray<float> initialEmbedding, int maxTokens, Device? device)
    {
        using var scope = NewDisposeScope();
        // A parameter made under inference_mode could never be trained.
        using var mode = inference_mode(false);
        var module = new NextTokenDiscriminator(initialEmbedding.Length, maxTokens, device, ScalarType.Float32);
        module.SetInitialEmbedding(initialEmbedding.AsSpan());
        module.eval();
        return module;
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _module?.Dispose();
            _module = null;
        }
    }
}
