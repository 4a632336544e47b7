using static TorchSharp.torch;

namespace MlNetNtd.Studies.TextGan;

/// <summary>Lets a generator write texts: each word that it draws is context of the next.</summary>
internal sealed class Sampler
{
    private const int BatchSize = 256;

    private readonly GeneratorNetwork _network;
    private readonly EmbeddingTable _table;
    private readonly Device _device;

    public Sampler(GeneratorNetwork network, EmbeddingTable table, Device device)
    {
        _network = network;
        _table = table;
        _device = device;
    }

    /// <summary>Writes texts.</summary>
    /// <param name="count">The number of texts.</param>
    /// <param name="words">The number of words of each.</param>
    /// <param name="random">Decides the draws.</param>
    /// <param name="excludeUnknown">Whether to exclude the token of all rare words.</param>
    /// <param name="temperature">Below 1, likely words become likelier: fewer slips, less variety.</param>
    public List<int[]> Write(int count, int words, Random random, bool excludeUnknown = false, double temperature = 1)
    {
        using var noGrad = no_grad();
        _network.eval();
        var texts = new List<int[]>();
        while (texts.Count < count)
            texts.AddRange(WriteBatch(Math.Min(BatchSize, count - texts.Count), words, random, excludeUnknown ? 1 : 0, temperature));
        return texts;
    }

    private int[][] WriteBatch(int count, int words, Random random, int firstWord, double temperature)
    {
        using var scope = NewDisposeScope();
        var texts = Enumerable.Range(0, count).Select(_ => new int[words]).ToArray();
        float[] before = [.. Enumerable.Repeat(_table.Average, count).SelectMany(values => values)];
        Tensor? state = null;
        for (var i = 0; i < words; i++)
        {
            (var logits, state) = _network.Step(Aligned.Tensor(before, count, _table.Dimension).to(_device), state);
            var allowed = logits.narrow(1, firstWord, logits.shape[1] - firstWord).Div(temperature);
            int[] drawn = [.. Candidates.Draw(allowed, random).Select(word => word + firstWord)];
            for (var text = 0; text < count; text++)
                texts[text][i] = drawn[text];
            before = _table.Embed(drawn);
        }

        return texts;
    }
}
