#:project ../src/Package/MlNetNtd.csproj
#:project ../src/Mpi/MlNetNtd.Mpi.csproj
#:property PublishAot=false

// Trains one network with several processes, on one machine or on many. Needs Open MPI or MPICH. Build once, then start:
//   dotnet build examples/08-distributed.cs
//   mpirun -n 2 dotnet run --no-build examples/08-distributed.cs
using System.Runtime.InteropServices;
using Microsoft.ML;
using MlNetNtd;

using var group = MpiProcessGroup.Initialize();

// Every process sees all rows, as from a file that all can read, and trains on its shard of them.
var random = new Random(1);
int[][] sentences = [.. Enumerable.Range(0, 100).Select(_ => MakeSentence(random.Next(16)))];
var embeddings = EmbeddingTable.FromRows([.. Enumerable.Range(0, 16).Select(_ => MakeEmbedding())]);
var mlContext = new MLContext(seed: 1);         // with a GPU for each process: mlContext.GpuDeviceId = group.LocalRank
var rows = mlContext.Data.CreateDiscriminatorRows(
    sentences, embeddings, new DiscriminatorRowOptions { WindowTokens = 8, Candidates = CandidateSource.Unigram, Seed = 1 });

// A scheduler sends SIGTERM before it kills. Whichever process gets it, all stop after the same step, with a checkpoint.
using var stop = new CancellationTokenSource();
using var signal = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
{
    context.Cancel = true;
    stop.Cancel();
});

var options = new NextTokenDiscriminatorTrainer.Options
{
    ProcessGroup = group,
    BatchSize = 32,                             // rows of a step, of all processes together
    SamplingKeyColumnName = "SequenceId",
    CheckpointPath = "distributed.checkpoint",  // only rank 0 writes it, and only rank 0 needs it
    Epochs = 6,
    Seed = 1,
};
using var model = mlContext.Transforms.NextTokenDiscriminator()
    .Append(mlContext.BinaryClassification.Trainers.NextTokenDiscriminator(options, cancellationToken: stop.Token))
    .Fit(rows);

// All processes have the same model. One of them saves it.
if (group.Rank == 0)
{
    mlContext.Model.Save(model, rows.Schema, "distributed.zip");
    File.Delete("distributed.checkpoint");
    var last = model.LastTransformer.History[^1];
    Console.WriteLine($"World size {group.WorldSize}: validation AUC {last.Validation!.AreaUnderRocCurve:F2}");
}

int[] MakeSentence(int token) => [.. Enumerable.Range(0, 24).Select(_ => token = (token + random.Next(3)) % 16)];

float[] MakeEmbedding() => [.. Enumerable.Range(0, 32).Select(_ => random.NextSingle() - 0.5f)];

// Output:
// World size 2: validation AUC 0.99
