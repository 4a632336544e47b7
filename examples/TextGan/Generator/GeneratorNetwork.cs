using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MlNetNtd.Examples.TextGan;

/// <summary>
/// The generator: a gated recurrent cell reads the embeddings before each token and wants an embedding there; the words
/// nearest to what it wants get the highest logits.
/// </summary>
/// <remarks>
/// Input: the context, (B, T, C): the initial embedding, then the true tokens but for the last, which is the first half of
/// the stage's combined sequence as it is. So what it says of token t comes from the tokens before t alone.
/// </remarks>
internal sealed class GeneratorNetwork : nn.Module<Tensor, Tensor>
{
    // Written by reflection when the module moves to another device.
#pragma warning disable IDE0044
    [ComponentName(Name = "embedding")]
    private Parameter _table;
    [ComponentName(Name = "weight_ih")]
    private Parameter _inputWeight;
    [ComponentName(Name = "bias_ih")]
    private Parameter _inputBias;
    [ComponentName(Name = "weight_hh")]
    private Parameter _stateWeight;
    [ComponentName(Name = "bias_hh")]
    private Parameter _stateBias;
    [ComponentName(Name = "wanted_weight")]
    private Parameter _wantedWeight;
    [ComponentName(Name = "wanted_bias")]
    private Parameter _wantedBias;
    [ComponentName(Name = "word_bias")]
    private Parameter _wordBias;
#pragma warning restore IDE0044

    /// <summary>Makes a generator with random weights, on the CPU.</summary>
    /// <param name="shape">Its sizes.</param>
    /// <param name="table">The embeddings of the words, (V, C), row-major; they stay as they are.</param>
    /// <param name="seed">Decides the weights.</param>
    public GeneratorNetwork(GeneratorShape shape, float[] table, int seed)
        : base(nameof(GeneratorNetwork))
    {
        using var scope = NewDisposeScope();
        Shape = shape;
        var (words, dimension, hidden) = shape;
        var weights = new GeneratorWeights(seed);
        _table = GeneratorWeights.Fixed(table, words, dimension);
        _inputWeight = weights.Draw(3 * hidden, dimension, hidden);
        _inputBias = GeneratorWeights.Zeros(3 * hidden);
        _stateWeight = weights.Draw(3 * hidden, hidden, hidden);
        _stateBias = GeneratorWeights.Zeros(3 * hidden);
        _wantedWeight = weights.Draw(dimension, hidden, hidden);
        _wantedBias = GeneratorWeights.Zeros(dimension);
        _wordBias = GeneratorWeights.Zeros(words);
        RegisterComponents();
    }

    public GeneratorShape Shape { get; }

    /// <summary>The embeddings of the words, (V, C).</summary>
    public Tensor Table => _table;

    /// <summary>What training moves.</summary>
    public IEnumerable<(string Name, Parameter Parameter)> Trained() =>
        named_parameters().Where(entry => entry.parameter.requires_grad).Select(entry => (entry.name, entry.parameter));

    /// <summary>Says which words come next.</summary>
    /// <param name="input">The context, (B, T, C).</param>
    /// <returns>A logit for each word, (B, T, V).</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var inputs = nn.functional.linear(input, _inputWeight, _inputBias);
        var state = zeros([input.shape[0], Shape.Hidden], dtype: input.dtype, device: input.device);
        var states = new List<Tensor>();
        for (var i = 0; i < input.shape[1]; i++)
        {
            state = Next(inputs.select(1, i), state);
            states.Add(state);
        }

        var wanted = nn.functional.linear(stack(states, 1), _wantedWeight, _wantedBias);
        return nn.functional.linear(wanted, _table, _wordBias).MoveToOuterDisposeScope();
    }

    // A gated recurrent unit, with the names and the order of gates of PyTorch's nn.GRUCell: reset, update, new.
    private Tensor Next(Tensor input, Tensor state)
    {
        var recurrent = nn.functional.linear(state, _stateWeight, _stateBias);
        var reset = Part(input, 0).add(Part(recurrent, 0)).sigmoid();
        var update = Part(input, 1).add(Part(recurrent, 1)).sigmoid();
        var candidate = Part(input, 2).add(reset.mul(Part(recurrent, 2))).tanh();
        return candidate.add(update.mul(state.sub(candidate)));

        Tensor Part(Tensor all, int gate) => all.narrow(1, gate * Shape.Hidden, Shape.Hidden);
    }
}
