using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MlNetNtd.Studies.TextGan;

/// <summary>
/// The generator: a gated recurrent cell reads the embeddings before each token and gives each word a logit.
/// </summary>
/// <remarks>
/// Input: the context, (B, T, C): the initial embedding, then the real tokens but for the last, which is the first half of
/// the combined sequence. Its logits for token t depend on the tokens before t alone.
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

    private readonly SeededDropout _dropout;

    /// <summary>Creates a generator with random weights, on the CPU, in evaluation mode.</summary>
    /// <param name="shape">Its sizes.</param>
    /// <param name="frequencies">The frequency of each word, 0 to 1, which initializes the bias of its logit.</param>
    /// <param name="seed">Decides the weights.</param>
    public GeneratorNetwork(GeneratorShape shape, IEnumerable<double> frequencies, int seed)
        : base(nameof(GeneratorNetwork))
    {
        using var scope = NewDisposeScope();
        Shape = shape;
        _dropout = new SeededDropout(shape.Dropout);
        var (words, dimension, hidden, _) = shape;
        var weights = new InitialWeights(seed);
        _inputWeight = weights.Draw(3 * hidden, dimension, dimension);
        _inputBias = InitialWeights.Zeros(3 * hidden);
        _stateWeight = weights.Draw(3 * hidden, hidden, hidden);
        _stateBias = InitialWeights.Zeros(3 * hidden);
        _wordWeight = weights.Draw(words, hidden, hidden);
        _wordBias = InitialWeights.FromValues([.. frequencies.Select(frequency => (float)Math.Log(frequency))]);
        RegisterComponents();
        eval();
    }

    public GeneratorShape Shape { get; }

    /// <summary>Gets or sets the weights by name, row-major.</summary>
    public IReadOnlyDictionary<string, float[]> Weights
    {
        get
        {
            using var scope = NewDisposeScope();
            return named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.detach().cpu().contiguous().data<float>().ToArray());
        }

        set
        {
            using var scope = NewDisposeScope();
            using var noGrad = no_grad();
            foreach (var (name, parameter) in named_parameters())
                parameter.copy_(tensor(value[name]).view(parameter.shape));
        }
    }

    /// <summary>Seeds dropout.</summary>
    public void SeedDropout(int seed) => _dropout.Seed(seed);

    /// <summary>Computes the logits of the next words.</summary>
    /// <param name="input">The context, (B, T, C).</param>
    /// <returns>A logit for each word, (B, T, V).</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var inputs = Inputs(_dropout.Apply(input, training));
        var state = InitialState(input);
        var states = new List<Tensor>();
        for (var i = 0; i < input.shape[1]; i++)
        {
            state = Next(inputs.select(1, i), state);
            states.Add(state);
        }

        return Logits(_dropout.Apply(stack(states, 1), training)).MoveToOuterDisposeScope();
    }

    /// <summary>Advances by one token, without dropout. The state represents the tokens before.</summary>
    /// <param name="input">The embedding before the token, (B, C).</param>
    /// <param name="state">The state after the previous token; null at the beginning.</param>
    /// <returns>A logit for each word, (B, V), and the new state.</returns>
    public (Tensor Logits, Tensor State) Step(Tensor input, Tensor? state)
    {
        using var scope = NewDisposeScope();
        var next = Next(Inputs(input), state ?? InitialState(input));
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

    private Tensor InitialState(Tensor input) => zeros([input.shape[0], Shape.Hidden], dtype: input.dtype, device: input.device);

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

/// <summary>The sizes of a generator.</summary>
/// <param name="Words">V.</param>
/// <param name="Dimension">C.</param>
/// <param name="Hidden">H, the width of its state.</param>
/// <param name="Dropout">The dropout rate of inputs and outputs.</param>
internal sealed record GeneratorShape(int Words, int Dimension, int Hidden, double Dropout);
