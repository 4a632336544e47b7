using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using MlNetNtd;
using MlNetNtd.Examples.Cluster;

// The same program runs in each process. It reads its arguments before it joins the others.
return CommandLine.Run(args, Train);

static int Train(string model, int epochs)
{
    using var processes = MpiProcessGroup.Initialize();

    // Schedulers ask before they kill. Whichever process is asked, all stop after the same step.
    using var asked = new CancellationTokenSource();
    using var registration = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
    {
        signal.Cancel = true;
        asked.Cancel();
    });

    // With a GPU each: GpuDeviceId = processes.LocalRank.
    var context = new MLContext(seed: 1);
    context.Log += (_, e) =>
    {
        if (e.Kind is ChannelMessageKind.Info or ChannelMessageKind.Warning)
            Console.WriteLine(e.Message);
    };

    // Every process has a view of all rows, as from a file that all can read, and takes the values of its own.
    var rows = context.Data.LoadFromEnumerable(EchoRow.Rows(2000));
    var front = context.Transforms.NextTokenDiscriminator(embeddingDimension: EchoRow.Dimension, maxTokens: EchoRow.Tokens);
    var trainer = context.BinaryClassification.Trainers.NextTokenDiscriminator(
        new NextTokenDiscriminatorTrainer.Options
        {
            ModelDimension = 32,
            Epochs = epochs,
            BatchSize = 64,
            Seed = 1,
            CheckpointPath = $"{model}.checkpoint",
            ProcessGroup = processes,
        },
        cancellationToken: asked.Token);

    try
    {
        using var fitted = front.Append(trainer).Fit(rows);
        if (processes.Rank == 0)
        {
            context.Model.Save(fitted, rows.Schema, model);
            File.Delete($"{model}.checkpoint");
            Console.WriteLine($"Saved {model}.");
        }

        return 0;
    }
    catch (OperationCanceledException)
    {
        if (processes.Rank == 0)
            Console.WriteLine($"Stopped; {model}.checkpoint is there to go on from.");
        return 0;
    }
}
