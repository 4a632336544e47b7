using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace MlNetNtd.Examples.TextGan;

/// <summary>Lets a generator write on its own: each word drawn is the next one's context.</summary>
internal sealed class Sampler
{
    // Below 1, likely words become likelier: fewer slips, less variety.
    private const double Temperature = 0.8;

    private readonly GeneratorNetwork _network;
    private readonly Vocabulary _vocabulary;
    private readonly EmbeddingTable _table;
    private readonly Device _device;

    public Sampler(GeneratorNetwork network, Vocabulary vocabulary, EmbeddingTable table, Device device)
    {
        _network = network;
        _vocabulary = vocabulary;
        _table = table;
        _device = device;
    }

    /// <summary>Writes so many words.</summary>
    public string Write(int words, int seed)
    {
        var random = new Random(seed);
        var ids = new List<int>();
        while (ids.Count < words)
            ids.Add(Next(ids, random));
        return string.Join(' ', ids.Select(id => _vocabulary[id]));
    }

    private int Next(List<int> ids, Random random)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        float[] values = [.. _table.Average, .. _table.Of(CollectionsMarshal.AsSpan(ids))];
        var context = tensor(values, [1, ids.Count + 1, _table.Dimension]).to(_device);
        var logits = _network.forward(context).narrow(1, ids.Count, 1).div(Temperature);
        // What stands for all rare words is no word to write.
        var known = logits.narrow(2, 1, logits.shape[2] - 1);
        return Candidates.Draw(known, random)[0] + 1;
    }
}
