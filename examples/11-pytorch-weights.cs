#:project ../src/Package/MlNetNtd.csproj
#:property PublishAot=false
#:property UsesNativeTorch=true

// Exchanges weights with PyTorch as .safetensors. The encoder's tensors have the names and shapes of PyTorch's
//   nn.TransformerEncoder(nn.TransformerEncoderLayer(D, heads, inner, activation="gelu", batch_first=True, norm_first=True),
//                         layers, norm=nn.LayerNorm(D))
// so that Python reads them with load_state_dict(safetensors.torch.load_file("discriminator.safetensors")).
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetNtd;
using static TorchSharp.torch;

// Write: a network of your own, or scorer.SaveWeights(path) of a trained one.
var config = new DiscriminatorConfig { EmbeddingDimension = 8, MaxTokens = 4, ModelDimension = 8, Layers = 1, LearnInitialEmbedding = true };
using var network = new DiscriminatorNetwork(config, seed: 1);
network.SaveWeights("discriminator.safetensors");
var tensors = Safetensors.Read("discriminator.safetensors");
foreach (var (name, tensor) in tensors.Take(7))
    Console.WriteLine($"{name} {tensor.DType} ({string.Join(", ", tensor.Shape)})");
Console.WriteLine($"and {tensors.Count - 7} more");

// Read: into a network of the same configuration. Both give the same logits, (B, T).
using var other = new DiscriminatorNetwork(config, seed: 2);
other.LoadWeights("discriminator.safetensors");
using (var scope = NewDisposeScope())
using (no_grad())
{
    network.eval();
    other.eval();
    var sequences = ones(1, 8, 8);
    Console.WriteLine($"The same logits: {network.forward(sequences, null).allclose(other.forward(sequences, null))}");
}

// The initial embedding, which the module of PyTorch calls init_emb, goes into the transform.
var mlContext = new MLContext(seed: 1);
float[] values = [.. Enumerable.Range(0, 4 * 8).Select(i => i / 32f)];
Row[] rows = [.. Enumerable.Range(0, 40).Select(i => new Row(i % 2 == 0, values, [.. values.Select(value => i % 2 == 0 ? value : -value)]))];
var data = mlContext.Data.LoadFromEnumerable(rows);
using var transformer = mlContext.Transforms.NextTokenDiscriminator().Fit(data)
    .WithInitialEmbedding(InitialEmbeddingFile.LoadSafetensors("discriminator.safetensors").AsSpan());
Console.WriteLine($"The same initial embedding: {transformer.InitialEmbedding.SequenceEqual(network.GetInitialEmbedding()!)}");

// Training begins with the weights of the file in place of random ones.
var trainer = mlContext.BinaryClassification.Trainers.NextTokenDiscriminator(new NextTokenDiscriminatorTrainer.Options
{
    InitialWeightsPath = "discriminator.safetensors",
    ModelDimension = 8,
    Layers = 1,
    LearnInitialEmbedding = true,
    Epochs = 3,
});
using var scorer = trainer.Fit(transformer.Transform(data));
Console.WriteLine($"Fine-tuned: {scorer}");
File.Delete("discriminator.safetensors");

internal sealed record Row(
    bool Label, [property: VectorType(4, 8)] float[] PreviousEmbeddings, [property: VectorType(4, 8)] float[] CurrentEmbeddings);

// Output:
// init_emb F32 (1, 1, 8)
// input_projection.weight F32 (8, 8)
// input_projection.bias F32 (8)
// position_embedding F32 (4, 8)
// segment_embedding F32 (2, 8)
// encoder.layers.0.self_attn.in_proj_weight F32 (24, 8)
// encoder.layers.0.self_attn.in_proj_bias F32 (24)
// and 14 more
// The same logits: True
// The same initial embedding: True
// Fine-tuned: NextTokenDiscriminatorScorer of column 'Combined': 1 layer, 4 heads, width 8, 1,025 weights, embeddings of dimension 8, at most 4 tokens
