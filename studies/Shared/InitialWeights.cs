using System.Runtime.InteropServices;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetNtd.Studies;

/// <summary>Draws a network's initial weights in a fixed order from a .NET generator, so that libtorch's global generator keeps its state.</summary>
/// <param name="seed">Decides the weights.</param>
public sealed class InitialWeights(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>Draws a matrix, uniform within 1 / sqrt(fanIn), as PyTorch's own layers do.</summary>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The number of columns.</param>
    /// <param name="fanIn">The number of inputs that the bound is computed from.</param>
    public Parameter Draw(int rows, int columns, int fanIn)
    {
        var bound = 1 / Math.Sqrt(fanIn);
        var values = new float[rows * columns];
        for (var i = 0; i < values.Length; i++)
            values[i] = (float)(bound * (2 * _random.NextDouble() - 1));
        return Create(values, [rows, columns]);
    }

    /// <summary>Creates a vector of zeros.</summary>
    /// <param name="count">Its length.</param>
    public static Parameter Zeros(int count) => Create(new float[count], [count]);

    /// <summary>Creates a vector.</summary>
    /// <param name="values">Its values.</param>
    public static Parameter FromValues(float[] values) => Create(values, [values.Length]);

    private static Parameter Create(float[] values, long[] shape)
    {
        var data = empty(shape, dtype: ScalarType.Float32, device: CPU);
        MemoryMarshal.AsBytes(values.AsSpan()).CopyTo(data.bytes);
        var parameter = new Parameter(data, requires_grad: true);
        // The module owns it, whatever scope the caller is in.
        parameter.DetachFromDisposeScope();
        return parameter;
    }
}
