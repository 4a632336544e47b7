using TorchSharp;

namespace MlNetNtd.Examples.TextGan;

/// <summary>Everything that the phases of a run share: the text, its embeddings, the stage, the two networks' home.</summary>
internal sealed class Workbench : IDisposable
{
    public Workbench(Preset preset, Story story, Seeds seeds, Machine machine)
    {
        Preset = preset;
        Story = story;
        Seeds = seeds;
        Machine = machine;
        Counts = PairCounts.Of(story);
        Table = EmbeddingTable.Learn(story, Counts, preset.Dimension);
        Rows = new GanRows(machine.Context, story, Table);
        Pipeline = new Pipeline(machine.Context, preset);
        Stage = Pipeline.Stage(Table).Fit(Rows.True(story.Training));
        Generator = new GeneratorNetwork(
            new GeneratorShape(Table.Words, Table.Dimension, preset.Hidden, preset.GeneratorDropout),
            Enumerable.Range(0, Table.Words).Select(Counts.WordShare), seeds.GeneratorWeights);
        if (machine.Device.type != DeviceType.CPU)
            Generator.to(machine.Device);
    }

    public Preset Preset { get; }

    public Story Story { get; }

    public Seeds Seeds { get; }

    public Machine Machine { get; }

    public PairCounts Counts { get; }

    public EmbeddingTable Table { get; }

    public GanRows Rows { get; }

    public Pipeline Pipeline { get; }

    public NextTokenDiscriminatorTransformer Stage { get; }

    public GeneratorNetwork Generator { get; }

    /// <summary>Batches of a pass over the text.</summary>
    public int BatchesPerPass => (Story.PassWindows + Preset.BatchSize - 1) / Preset.BatchSize;

    /// <summary>The text's windows as batches of tensors.</summary>
    /// <param name="windows">Which.</param>
    /// <param name="shuffleSeed">Their order; null: as given.</param>
    public IEnumerable<TextBatch> Batches(IEnumerable<int> windows, int? shuffleSeed)
    {
        var options = new SequenceBatchOptions
        {
            BatchSize = Preset.BatchSize,
            Device = Machine.Device,
            ScalarColumnNames = [nameof(GanRow.Window)],
            ShuffleSeed = shuffleSeed,
        };
        foreach (var batch in Stage.ToBatches(Rows.True(windows), options))
        {
            using (batch)
            {
                using var scope = torch.NewDisposeScope();
                yield return new TextBatch(batch, Story, Table);
            }
        }
    }

    /// <summary>Draws the generator's words for windows, each by the true words before it.</summary>
    /// <returns>T words a window.</returns>
    public List<int[]> Draw(IEnumerable<int> windows, int seed)
    {
        var random = new Random(seed);
        var drawn = new List<int[]>();
        using var quiet = torch.no_grad();
        Generator.eval();
        foreach (var batch in Batches(windows, null))
            drawn.AddRange(Candidates.Draw(Generator.forward(batch.Context), random).Chunk(Story.Tokens));
        return drawn;
    }

    /// <summary>The held-out text beside what the generator draws for it.</summary>
    public List<Example> HeldOutExamples()
    {
        var drawn = Draw(Story.HeldOut, Seeds.HeldOutCandidates);
        return [.. Story.HeldOut.SelectMany((window, i) => new[] { Example.True(Story, window), Example.False(Story, window, drawn[i]) })];
    }

    public void Dispose()
    {
        Generator.Dispose();
        Stage.Dispose();
    }
}
