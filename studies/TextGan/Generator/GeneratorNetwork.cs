using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MlNetNtd.Examples.TextGan;

/// <summary>
/// The generator: a gated recurrent cell reads the embeddings before each token and gives each word a logit.
/// </summary>
/// <remarks>
/// Input: the context, (B, T, C): the initial embedding, then the true tokens but for the last, which is the first half of
/// the stage's combined sequence as it is. So what it says of token t comes from the tokens before t alone.
/// </remarks>
internal sealed class GeneratorNetwork : nn.Module<Tensor, Tensor>
{
    // Written by reflection when the module moves to another device.
#pragma warning disable IDE0044
    [ComponentName(Name = "weight_ih")]
    private Parameter _inputWeight;
    [ComponentName(Name = "bias_ih")]
    private Parameter _inputBias;
    [ComponentName(Name = "weight_hh")]
    private Parameter _stateWeight;
    [ComponentName(Name = "bias_hh")]
    private Parameter _stateBias;
    [ComponentName(Name = "word_weight")]
    private Parameter _wordWeight;
    [ComponentName(Name = "word_bias")]
    private Parameter _wordBias;
#pragma warning restore IDE0044

    private readonly CounterDropoutMask _dropout;

    /// <summary>Makes a generator with random weights, on the CPU, in evaluation mode.</summary>
    /// <param name="shape">Its sizes.</param>
    /// <param name="shares">
    /// How often each word stands in the text, 0 to 1: it knows that from the beginning, and need not spend its first steps on it.
    /// </param>
    /// <param name="seed">Decides the weights.</param>
    public GeneratorNetwork(GeneratorShape shape, IEnumerable<double> shares, int seed)
        : base(nameof(GeneratorNetwork))
    {
        using var scope = NewDisposeScope();
        Shape = shape;
        _dropout = new CounterDropoutMask(shape.Dropout);
        var (words, dimension, hidden, _) = shape;
        var weights = new FirstWeights(seed);
        _inputWeight = weights.Draw(3 * hidden, dimension, dimension);
        _inputBias = FirstWeights.Zeros(3 * hidden);
        _stateWeight = weights.Draw(3 * hidden, hidden, hidden);
        _stateBias = FirstWeights.Zeros(3 * hidden);
        _wordWeight = weights.Draw(words, hidden, hidden);
        _wordBias = FirstWeights.Of([.. shares.Select(share => (float)Math.Log(share))]);
        RegisterComponents();
        eval();
    }

    public GeneratorShape Shape { get; }

    /// <summary>What training moves.</summary>
    public IEnumerable<(string Name, Parameter Parameter)> Trained() => named_parameters();

    /// <summary>The trained weights as plain values, by name, row-major.</summary>
    public IReadOnlyDictionary<string, float[]> Weights
    {
        get
        {
            using var scope = NewDisposeScope();
            return Trained().ToDictionary(entry => entry.Name, entry => entry.Parameter.detach().cpu().contiguous().data<float>().ToArray());
        }

        set
        {
            using var scope = NewDisposeScope();
            using var quiet = no_grad();
            foreach (var (name, parameter) in Trained())
                parameter.copy_(tensor(value[name]).view(parameter.shape));
        }
    }

    /// <summary>Decides what dropout leaves out from here on, in training mode.</summary>
    public void SeedDropout(int seed) => _dropout.Seed(seed);

    /// <summary>Says which words come next.</summary>
    /// <param name="input">The context, (B, T, C).</param>
    /// <returns>A logit for each word, (B, T, V).</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var inputs = Inputs(_dropout.Apply(input, training));
        var state = FirstState(input);
        var states = new List<Tensor>();
        for (var i = 0; i < input.shape[1]; i++)
        {
            state = Next(inputs.select(1, i), state);
            states.Add(state);
        }

        return Logits(_dropout.Apply(stack(states, 1), training)).MoveToOuterDisposeScope();
    }

    /// <summary>One token on, for writing: what is before lies in the state. Without dropout.</summary>
    /// <param name="input">The embedding before the token, (B, C).</param>
    /// <param name="state">What the call before gave; null at the beginning.</param>
    /// <returns>A logit for each word, (B, V), and the new state.</returns>
    public (Tensor Logits, Tensor State) Step(Tensor input, Tensor? state)
    {
        using var scope = NewDisposeScope();
        var next = Next(Inputs(input), state ?? FirstState(input));
        return (Logits(next).MoveToOuterDisposeScope(), next.MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _dropout.Dispose();
        base.Dispose(disposing);
    }

    private Tensor Inputs(Tensor embeddings) => nn.functional.linear(embeddings, _inputWeight, _inputBias);

    private Tensor Logits(Tensor states) => nn.functional.linear(states, _wordWeight, _wordBias);

    private Tensor FirstState(Tensor input) => zeros([input.shape[0], Shape.Hidden], dtype: input.dtype, device: input.device);

    // A gated recurrent unit, with the names and the order of gates of PyTorch's nn.GRUCell: reset, update, new.
    private Tensor Next(Tensor input, Tensor state)
    {
        var recurrent = nn.functional.linear(state, _stateWeight, _stateBias);
        var reset = Part(input, 0).Add(Part(recurrent, 0)).sigmoid();
        var update = Part(input, 1).Add(Part(recurrent, 1)).sigmoid();
        var candidate = Part(input, 2).Add(reset.mul(Part(recurrent, 2))).tanh();
        return candidate.Add(update.mul(state.sub(candidate)));

        Tensor Part(Tensor all, int gate) => all.narrow(1, gate * Shape.Hidden, Shape.Hidden);
    }
}
