using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>A small network and sequences for steps of adversarial training.</summary>
internal static class AdversarialSamples
{
    public const int Tokens = 4;
    public const int Dimension = 6;

    public static DiscriminatorNetwork Network(double dropout = 0) =>
        new(new DiscriminatorConfig { EmbeddingDimension = Dimension, MaxTokens = Tokens, ModelDimension = Dimension, Layers = 1, Dropout = dropout }, seed: 1);

    /// <summary>Combined sequences, (B, 2T, C).</summary>
    public static Tensor Sequences(int rows, int seed) => Tensors.Random(new Random(seed), rows, 2 * Tokens, Dimension);

    public static Tensor Candidates(int rows, int seed) => Tensors.Random(new Random(seed), rows, Tokens, Dimension);

    public static Dictionary<string, float[]> Weights(nn.Module module) =>
        module.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.detach().data<float>().ToArray());
}
