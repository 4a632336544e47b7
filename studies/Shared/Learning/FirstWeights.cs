using System.Runtime.InteropServices;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetNtd.Examples;

/// <summary>A network's first weights, drawn in a fixed order from a generator of .NET's: TorchSharp's global one is left as it is.</summary>
internal sealed class FirstWeights
{
    private readonly Random _random;

    public FirstWeights(int seed) => _random = new Random(seed);

    /// <summary>Uniform within the bound of PyTorch's own cells: 1 / sqrt(the width of what comes in).</summary>
    public Parameter Draw(int rows, int columns, int width)
    {
        var bound = 1 / Math.Sqrt(width);
        var values = new float[rows * columns];
        for (var i = 0; i < values.Length; i++)
            values[i] = (float)(bound * (2 * _random.NextDouble() - 1));
        return Make(values, [rows, columns]);
    }

    public static Parameter Zeros(int count) => Make(new float[count], [count]);

    public static Parameter Of(float[] values) => Make(values, [values.Length]);

    private static Parameter Make(float[] values, long[] shape)
    {
        var data = empty(shape, dtype: ScalarType.Float32, device: CPU);
        MemoryMarshal.AsBytes(values.AsSpan()).CopyTo(data.bytes);
        var parameter = new Parameter(data, requires_grad: true);
        // The module owns it, whatever scope the caller is in.
        parameter.DetachFromDisposeScope();
        return parameter;
    }
}
