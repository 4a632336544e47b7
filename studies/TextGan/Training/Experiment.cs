using TorchSharp;

namespace MlNetNtd.Studies.TextGan;

/// <summary>Everything that the phases of a run have in common: the text, its embeddings, the transform, the generator.</summary>
internal sealed class Experiment : IDisposable
{
    public Experiment(Hyperparameters hyperparameters, TextDataset dataset, Seeds seeds, Compute compute)
    {
        Hyperparameters = hyperparameters;
        Dataset = dataset;
        Seeds = seeds;
        Compute = compute;
        Counts = PairCounts.Count(dataset);
        Table = EmbeddingTable.Learn(dataset, Counts, hyperparameters.Dimension);
        Rows = new GanRows(compute.Context, dataset, Table);
        Pipeline = new Pipeline(compute.Context, hyperparameters);
        Transformer = Pipeline.CreateTransform(Table).Fit(Rows.ToRealView(dataset.Training));
        Generator = new GeneratorNetwork(
            new GeneratorShape(Table.Words, Table.Dimension, hyperparameters.Hidden, hyperparameters.GeneratorDropout),
            Enumerable.Range(0, Table.Words).Select(Counts.WordProbability), seeds.GeneratorWeights);
        if (compute.Device.type != DeviceType.CPU)
            Generator.to(compute.Device);
    }

    public Hyperparameters Hyperparameters { get; }

    public TextDataset Dataset { get; }

    public Seeds Seeds { get; }

    public Compute Compute { get; }

    public PairCounts Counts { get; }

    public EmbeddingTable Table { get; }

    public GanRows Rows { get; }

    public Pipeline Pipeline { get; }

    public NextTokenDiscriminatorTransformer Transformer { get; }

    public GeneratorNetwork Generator { get; }

    /// <summary>Gets the number of batches of a pass over the text.</summary>
    public int BatchesPerPass => (Dataset.PassWindows + Hyperparameters.BatchSize - 1) / Hyperparameters.BatchSize;

    /// <summary>Reads windows as batches of tensors.</summary>
    /// <param name="windows">The windows.</param>
    /// <param name="shuffleSeed">Decides their order; null: as given.</param>
    public IEnumerable<TextBatch> ReadBatches(IEnumerable<int> windows, int? shuffleSeed)
    {
        var options = new SequenceBatchOptions
        {
            BatchSize = Hyperparameters.BatchSize,
            Device = Compute.Device,
            ScalarColumnNames = [nameof(GanRow.Window)],
            ShuffleSeed = shuffleSeed,
        };
        foreach (var batch in Transformer.ToBatches(Rows.ToRealView(windows), options))
        {
            using (batch)
            {
                using var scope = torch.NewDisposeScope();
                yield return new TextBatch(batch, Dataset, Table);
            }
        }
    }

    /// <summary>Draws the generator's words for windows, each in the context of the real words before it.</summary>
    /// <returns>T words for each window.</returns>
    public List<int[]> Draw(IEnumerable<int> windows, int seed)
    {
        var random = new Random(seed);
        var drawn = new List<int[]>();
        using var noGrad = torch.no_grad();
        Generator.eval();
        foreach (var batch in ReadBatches(windows, null))
            drawn.AddRange(Candidates.Draw(Generator.forward(batch.Context), random).Chunk(Dataset.Tokens));
        return drawn;
    }

    /// <summary>Draws candidates for the held-out text, and pairs them with it.</summary>
    public List<Example> DrawHeldOutExamples()
    {
        var drawn = Draw(Dataset.HeldOut, Seeds.HeldOutCandidates);
        return [.. Dataset.HeldOut.SelectMany((window, i) => new[] { Example.Real(Dataset, window), Example.Generated(Dataset, window, drawn[i]) })];
    }

    public void Dispose()
    {
        Generator.Dispose();
        Transformer.Dispose();
    }
}
