using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Internal;

/// <summary>weight * ((1 - t) x + (1 + (p - 1) t) log(1 + exp(-x))), with p the weight of positive targets.</summary>
internal static class BinaryCrossEntropy
{
    public static Tensor Run(TensorImpl input, TensorImpl target, TensorImpl? weight, TensorImpl? positive, Reduction reduction)
    {
        if (!target.Sizes.AsSpan().SequenceEqual(input.Sizes))
            Fail.Native($"Target size ({Fail.Show(target.Sizes)}) must be the same as input size ({Fail.Show(input.Sizes)})");

        var result = TensorImpl.Create(input.DType, (long[])input.Sizes.Clone());
        Fill(result, input, target, weight, positive, Loss);
        var total = Reduce(result, reduction);
        var node = Graph.Records(input, target) ? new BinaryCrossEntropyNode(input, target, weight, positive, reduction) : null;
        return Graph.Result(total, node);
    }

    /// <summary>Applies a function of input, target and positive weight to each element, times its weight.</summary>
    public static void Fill(
        TensorImpl result, TensorImpl input, TensorImpl target, TensorImpl? weight, TensorImpl? positive, Func<double, double, double, double> function)
    {
        var wide = TensorImpl.Create(ScalarType.Float64, (long[])input.Sizes.Clone());
        var (x, t) = (Wide(input, input.Sizes), Wide(target, input.Sizes));
        var (w, p) = (WideOrOne(weight, input.Sizes), WideOrOne(positive, input.Sizes));
        var to = wide.Elements<double>();
        for (var i = 0; i < to.Length; i++)
            to[i] = w[i] * function(x[i], t[i], p[i]);
        CopyKernel.Copy(wide, result);
    }

    private static double Loss(double x, double t, double p) => ((1 - t) * x) + ((1 + ((p - 1) * t)) * SoftPlus(-x));

    /// <summary>log(1 + exp(x)) without overflow.</summary>
    public static double SoftPlus(double x) => Math.Max(x, 0) + double.LogP1(Math.Exp(-Math.Abs(x)));

    public static TensorImpl Reduce(TensorImpl losses, Reduction reduction)
    {
        if (reduction == Reduction.None)
            return losses;
        var sum = GradMath.SumTo(losses, []);
        return reduction == Reduction.Sum ? sum : GradMath.Divide(sum, GradMath.Number(losses.Numel, losses.DType));
    }

    private static double[] WideOrOne(TensorImpl? source, long[] sizes)
    {
        if (source is not null)
            return Wide(source, sizes);
        var ones = new double[Shapes.Count(sizes)];
        Array.Fill(ones, 1);
        return ones;
    }

    private static double[] Wide(TensorImpl source, long[] sizes)
    {
        if (!Shapes.Broadcast(source.Sizes, sizes).AsSpan().SequenceEqual(sizes))
            Fail.Native($"a weight of shape {Fail.Show(source.Sizes)} does not stretch to losses of shape {Fail.Show(sizes)}");
        return CopyKernel.Contiguous(GradMath.Stretch(source, sizes), ScalarType.Float64).Elements<double>().ToArray();
    }
}

/// <summary>The way back; weights are constants.</summary>
internal sealed class BinaryCrossEntropyNode : Node
{
    private readonly Saved _input;
    private readonly Saved _target;
    private readonly Saved? _weight;
    private readonly Saved? _positive;
    private readonly Reduction _reduction;

    public BinaryCrossEntropyNode(TensorImpl input, TensorImpl target, TensorImpl? weight, TensorImpl? positive, Reduction reduction)
        : base(input, target)
    {
        (_input, _target, _reduction) = (Save(input), Save(target), reduction);
        _weight = weight is null ? null : Save(weight);
        _positive = positive is null ? null : Save(positive);
    }

    public override void Backward(TensorImpl grad, TensorImpl?[] inputs)
    {
        if (Needs(0))
            inputs[0] = Slope(grad, (x, t, p) => 1 - t - ((1 + ((p - 1) * t)) / (1 + Math.Exp(x))));
        if (Needs(1))
            inputs[1] = Slope(grad, (x, _, p) => ((p - 1) * BinaryCrossEntropy.SoftPlus(-x)) - x);
    }

    private TensorImpl Slope(TensorImpl grad, Func<double, double, double, double> function)
    {
        var input = _input.Value;
        var slope = TensorImpl.Create(input.DType, (long[])input.Sizes.Clone());
        BinaryCrossEntropy.Fill(slope, input, _target.Value, _weight?.Value, _positive?.Value, function);
        var each = _reduction == Reduction.Mean ? GradMath.Divide(grad, GradMath.Number(input.Numel, grad.DType)) : grad;
        return GradMath.Multiply(slope, each);
    }
}
