using TorchSharp;

namespace MlNetNtd.Examples.TextGan;

/// <summary>Windows of the text as the hand-off gives them, and what training loops make of them.</summary>
internal sealed class TextBatch
{
    private readonly SequenceBatch _batch;

    public TextBatch(SequenceBatch batch, Story story)
    {
        _batch = batch;
        var windows = batch.Scalars[nameof(GanRow.Window)].cpu().data<int>().ToArray();
        var words = new List<long>();
        foreach (var window in windows)
        {
            foreach (var id in story[window])
                words.Add(id);
        }

        Words = torch.tensor(words.ToArray(), [windows.Length, story.Tokens]).to(batch.Sequences.device);
    }

    /// <summary>The words of the text, (B, T), Int64.</summary>
    public torch.Tensor Words { get; }

    /// <summary>The combined sequences with the text's own tokens as candidates, (B, 2T, C).</summary>
    public torch.Tensor TrueSequences => _batch.Sequences;

    /// <summary>Who may not look at whom, (2T, 2T).</summary>
    public torch.Tensor Mask => _batch.Mask;

    /// <summary>
    /// The first half of the combined sequences, (B, T, C): the initial embedding, then the true tokens but for the last.
    /// What a generator may know when it predicts, so it is the generator's input as it stands.
    /// </summary>
    public torch.Tensor Context => _batch.Sequences.narrow(1, 0, Words.shape[1]);

    /// <summary>The combined sequences with other candidates, (B, 2T, C).</summary>
    /// <param name="candidates">(B, T, C); gradients flow back to them.</param>
    public torch.Tensor With(torch.Tensor candidates) => torch.cat([Context, candidates], 1);
}
