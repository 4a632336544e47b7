using static TorchSharp.torch;

namespace MlNetNtd.Examples.TextGan;

/// <summary>Windows of the text as the hand-off gives them, and what training loops make of them.</summary>
internal sealed class TextBatch
{
    private readonly SequenceBatch _batch;
    private readonly EmbeddingTable _table;

    public TextBatch(SequenceBatch batch, Story story, EmbeddingTable table)
    {
        _batch = batch;
        _table = table;
        Windows = batch.Scalars[nameof(GanRow.Window)].cpu().data<int>().ToArray();
        var words = new List<long>();
        foreach (var window in Windows)
        {
            foreach (var id in story[window])
                words.Add(id);
        }

        Words = tensor(words.ToArray(), [Windows.Length, story.Tokens]).to(batch.Sequences.device);
    }

    /// <summary>Which windows these are, B of them.</summary>
    public int[] Windows { get; }

    /// <summary>The words of the text, (B, T), Int64.</summary>
    public Tensor Words { get; }

    /// <summary>The combined sequences with the text's own tokens as candidates, (B, 2T, C).</summary>
    public Tensor TrueSequences => _batch.Sequences;

    /// <summary>
    /// The first half of the combined sequences, (B, T, C): the initial embedding, then the true tokens but for the last.
    /// What a generator may know when it predicts, so it is the generator's input as it stands.
    /// </summary>
    public Tensor Context => _batch.Sequences.narrow(1, 0, Words.shape[1]);

    /// <summary>The combined sequences with other words as candidates, (B, 2T, C).</summary>
    /// <param name="words">B * T words, row-major.</param>
    public Tensor With(int[] words)
    {
        var candidates = Aligned.Tensor(_table.Of(words), Words.shape[0], Words.shape[1], _table.Dimension).to(TrueSequences.device);
        return cat([Context, candidates], 1);
    }
}
