using System.Collections.Immutable;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>The module of a transformer on one device. All cursors share it; the first block creates it.</summary>
/// <remarks>Its weights never change, so forward passes can run concurrently.</remarks>
internal sealed class ModuleHandle(ImmutableArray<float> initialEmbedding, int maxTokens, Device device) : IDisposable
{
    private readonly RefCounted<NextTokenDiscriminator> _module =
        new(() => Create(initialEmbedding, maxTokens, device), typeof(NextTokenDiscriminatorTransformer));

    public Device Device => device;

    public int MaxTokens => maxTokens;

    public int EmbeddingDimension => initialEmbedding.Length;

    /// <summary>Acquires the module for a forward pass.</summary>
    /// <exception cref="ObjectDisposedException">The transformer is disposed.</exception>
    public RefCounted<NextTokenDiscriminator>.Lease Acquire() => _module.Acquire();

    /// <summary>Creates a module with an initial embedding, in evaluation mode, outside of any dispose scope.</summary>
    public static NextTokenDiscriminator Create(ImmutableArray<float> initialEmbedding, int maxTokens, Device? device)
    {
        using var scope = NewDisposeScope();
        // A parameter that is created in inference mode could not be trained.
        using var mode = inference_mode(false);
        var module = new NextTokenDiscriminator(initialEmbedding.Length, maxTokens, device, ScalarType.Float32);
        module.SetInitialEmbedding(initialEmbedding.AsSpan());
        module.eval();
        return module;
    }

    public void Dispose() => _module.Dispose();
}
