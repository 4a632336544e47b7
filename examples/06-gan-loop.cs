#:project ../src/Package/MlNetNtd.csproj
#:property PublishAot=false
#:property UsesNativeTorch=true

// Trains a generator against the discriminator where regression fails: the next token is one of two, and their mean is neither.
using System.Numerics;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetNtd;
using TorchSharp;
using static TorchSharp.torch;

// Walks of 8 tokens along the corners of a hexagon: each token is the corner to the left or to the right of the token before.
var random = new Random(1);
var left = Complex.FromPolarCoordinates(1, Math.PI / 3);
var mlContext = new MLContext(seed: 1);
var rows = mlContext.Data.LoadFromEnumerable(Enumerable.Range(0, 512).Select(_ => MakeWalk()).ToArray());
using var transformer = mlContext.Transforms.NextTokenDiscriminator().Fit(rows);

// Beta1 is 0, because momentum makes the two run around each other. No garbage collection frees the numbers of ScalarSafeAdam.
var config = new DiscriminatorConfig { EmbeddingDimension = 2, MaxTokens = 8, ModelDimension = 32, Layers = 1, Dropout = 0 };
using var network = new DiscriminatorNetwork(config, seed: 1);
using var learner = new DiscriminatorLearner(network, new DiscriminatorLearnerOptions { LearningRate = 4e-3, Beta1 = 0 });
var adversarial = new AdversarialOptions { GradientPenalty = 0.3, PenalizeGenerated = true };
using var trainer = new AdversarialTrainer(network, learner, adversarial, seed: 1);
manual_seed(1);
using var generator = nn.Sequential(nn.Linear(4, 64), nn.GELU(), nn.Linear(64, 64), nn.GELU(), nn.Linear(64, 2));
using var optimizer = new ScalarSafeAdam(generator.parameters(), learningRate: 3e-3, beta1: 0);
using var average = new ExponentialMovingAverage(generator, decay: 0.99);

for (var epoch = 0; epoch < 50; epoch++)
{
    foreach (var batch in transformer.ToBatches(rows, new SequenceBatchOptions { BatchSize = 64, ShuffleSeed = epoch }))
    {
        using var _ = batch;
        using var scope = NewDisposeScope();
        var candidates = AdversarialTrainer.WithCandidates(batch, Generate(batch));     // (B, 2T, C)
        trainer.StepDiscriminator(batch, candidates);           // the batch itself has the real candidates
        var loss = trainer.GeneratorLoss(batch, candidates);    // gradients pass through the discriminator
        optimizer.zero_grad();
        loss.backward();
        optimizer.step();
        average.Update();
    }
}

average.CopyTo(generator);
Console.WriteLine($"Discriminator: AUC {trainer.Diagnostics.AreaUnderRocCurve:F1}, warning: {trainer.Diagnostics.Warning}");
// Where do the candidates stand, seen from the token before?
using var all = transformer.ToBatches(rows, new SequenceBatchOptions { BatchSize = 512 }).First();
var before = ToPoints(all.Sequences.narrow(1, 1, 7));
Complex[] turns = [.. ToPoints(Generate(all).narrow(1, 1, 7)).Zip(before, (candidate, last) => candidate / last)];
Console.WriteLine($"To the left: {Share(left):F1}, to the right: {Share(1 / left):F1} of the candidates");

// The generator sees the token before, which is what the context half holds, and noise to choose by. (B, T, C)
Tensor Generate(SequenceBatch batch)
{
    var context = batch.Sequences.narrow(1, 0, 8);
    return generator.call(cat([context, randn(context.shape)], -1));
}

static Complex[] ToPoints(Tensor tensor) =>
    [.. tensor.detach().contiguous().data<float>().ToArray().Chunk(2).Select(point => new Complex(point[0], point[1]))];
double Share(Complex corner) => turns.Count(turn => (turn - corner).Magnitude < 0.3) / (double)turns.Length;

Walk MakeWalk()
{
    Complex[] corners = [1, .. new Complex[7]];
    for (var i = 1; i < 8; i++)
        corners[i] = corners[i - 1] * (random.Next(2) == 0 ? left : 1 / left);
    float[] values = [.. corners.SelectMany(corner => new[] { (float)corner.Real, (float)corner.Imaginary })];
    return new Walk(values, values);
}

internal sealed record Walk(
    [property: VectorType(8, 2)] float[] PreviousEmbeddings, [property: VectorType(8, 2)] float[] CurrentEmbeddings);

// Output:
// Discriminator: AUC 0.6, warning: None
// To the left: 0.4, to the right: 0.4 of the candidates
