using static TorchSharp.torch;

namespace TorchSharp.Internal;

/// <summary>Equality up to a tolerance.</summary>
internal static class CloseKernel
{
    public static TensorImpl Run(TensorImpl a, TensorImpl b, double rtol, double atol, bool equalNaN)
    {
        var shape = (long[])Shapes.Broadcast(a.Sizes, b.Sizes).Clone();
        var result = TensorImpl.Create(ScalarType.Bool, shape);
        var x = Wide(a, shape).Elements<double>();
        var y = Wide(b, shape).Elements<double>();
        var answer = result.Elements<bool>();
        for (var i = 0; i < answer.Length; i++)
            answer[i] = IsClose(x[i], y[i], rtol, atol, equalNaN);
        return result;
    }

    private static bool IsClose(double a, double b, double rtol, double atol, bool equalNaN)
    {
        if (a == b || (equalNaN && double.IsNaN(a) && double.IsNaN(b)))
            return true;
        return double.IsFinite(b) && Math.Abs(a - b) <= atol + Math.Abs(rtol * b);
    }

    private static TensorImpl Wide(TensorImpl source, long[] shape) =>
        CopyKernel.Contiguous(source.View(shape, source.StridesFor(shape), source.Offset), ScalarType.Float64);
}
