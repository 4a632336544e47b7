using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MlNetNtd.Studies.Imitation;

/// <summary>A network with two hidden layers.</summary>
internal sealed class Perceptron : nn.Module<Tensor, Tensor>
{
    private const int Hidden = 64;

#pragma warning disable IDE0044 // Written by reflection when the module moves.
    [ComponentName(Name = "weight1")]
    private Parameter _weight1;
    [ComponentName(Name = "bias1")]
    private Parameter _bias1;
    [ComponentName(Name = "weight2")]
    private Parameter _weight2;
    [ComponentName(Name = "bias2")]
    private Parameter _bias2;
    [ComponentName(Name = "weight3")]
    private Parameter _weight3;
    [ComponentName(Name = "bias3")]
    private Parameter _bias3;
#pragma warning restore IDE0044

    /// <summary>Creates a network with random weights.</summary>
    public Perceptron(int inputs, int outputs, int seed)
        : base(nameof(Perceptron))
    {
        using var scope = NewDisposeScope();
        var weights = new InitialWeights(seed);
        // The first layer begins steep, because the moves change within a fraction of the way.
        _weight1 = weights.Draw(Hidden, inputs, fanIn: 1);
        _bias1 = InitialWeights.Zeros(Hidden);
        _weight2 = weights.Draw(Hidden, Hidden, Hidden);
        _bias2 = InitialWeights.Zeros(Hidden);
        _weight3 = weights.Draw(outputs, Hidden, Hidden);
        _bias3 = InitialWeights.Zeros(outputs);
        RegisterComponents();
    }

    /// <param name="input">(..., inputs).</param>
    /// <returns>(..., outputs).</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = nn.functional.silu(nn.functional.linear(input, _weight1, _bias1));
        x = nn.functional.silu(nn.functional.linear(x, _weight2, _bias2));
        return nn.functional.linear(x, _weight3, _bias3).MoveToOuterDisposeScope();
    }
}
