using static TorchSharp.torch;

namespace MlNetNtd.Studies.TextGan;

/// <summary>Windows of the text as a batch of tensors.</summary>
internal sealed class TextBatch
{
    private readonly SequenceBatch _batch;
    private readonly EmbeddingTable _table;

    public TextBatch(SequenceBatch batch, TextDataset dataset, EmbeddingTable table)
    {
        _batch = batch;
        _table = table;
        Windows = batch.Scalars[nameof(GanRow.Window)].cpu().data<int>().ToArray();
        var words = new List<long>();
        foreach (var window in Windows)
        {
            foreach (var id in dataset[window])
                words.Add(id);
        }

        Words = tensor(words.ToArray(), [Windows.Length, dataset.Tokens]).to(batch.Sequences.device);
    }

    /// <summary>Gets the B windows.</summary>
    public int[] Windows { get; }

    /// <summary>Gets the words of the text, (B, T), Int64.</summary>
    public Tensor Words { get; }

    /// <summary>Gets the combined sequences with the text's own tokens as candidates, (B, 2T, C).</summary>
    public Tensor RealSequences => _batch.Sequences;

    /// <summary>
    /// Gets the first half of the combined sequences, (B, T, C): the initial embedding, then the real tokens but for the last.
    /// It is the generator's input.
    /// </summary>
    public Tensor Context => _batch.Sequences.narrow(1, 0, Words.shape[1]);

    /// <summary>Creates the combined sequences with other words as candidates, (B, 2T, C).</summary>
    /// <param name="words">B * T words, row-major.</param>
    public Tensor WithCandidates(int[] words)
    {
        var candidates = Aligned.Tensor(_table.Embed(words), Words.shape[0], Words.shape[1], _table.Dimension).to(RealSequences.device);
        return cat([Context, candidates], 1);
    }
}
