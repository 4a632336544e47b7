using System.Collections.Immutable;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>The module of one transformer on one device, made when the first block needs it, shared by all cursors.</summary>
/// <remarks>Its weights never change, so forwards may run side by side.</remarks>
internal sealed class ModuleHandle(ImmutableArray<float> initialEmbedding, int maxTokens, Device device) : IDisposable
{
    private readonly RefCounted<NextTokenDiscriminator> _module =
        new(() => Create(initialEmbedding, maxTokens, device), typeof(NextTokenDiscriminatorTransformer));

    public Device Device => device;

    public int MaxTokens => maxTokens;

    public int EmbeddingDimension => initialEmbedding.Length;

    /// <summary>For a forward.</summary>
    /// <exception cref="ObjectDisposedException">The transformer is disposed.</exception>
    public RefCounted<NextTokenDiscriminator>.Lease Borrow() => _module.Acquire();

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

    public void Dispose() => _module.Dispose();
}
