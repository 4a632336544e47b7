using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Internal;

/// <summary>
/// A loss that is, for each row of logits, minus a weighted sum of their log-probabilities: all of the weight on the
/// target, or, with smoothing, some of it spread over all classes.
/// </summary>
internal static class CrossEntropy
{
    public static Tensor Run(TensorImpl input, TensorImpl target, TensorImpl? weight, long ignored, Reduction reduction, double smoothing)
    {
        if (target.DType.IsFloatingPoint())
            throw new NotSupportedException("The TorchSharp stand-in takes targets of cross_entropy as class indices only.");
        if (!(smoothing >= 0 && smoothing <= 1))
            Fail.Native($"label_smoothing must be between 0.0 and 1.0. Got: {smoothing}");

        var classDim = Check(input, target, weight);
        var rows = Rows(input, classDim);
        var logs = SoftmaxKernel.Run(rows, 1, log: true);
        var shares = Shares(target, weight, ignored, smoothing, (int)rows.Sizes[1], out var divisor, reduction);
        var losses = Losses(logs, shares);

        TensorImpl result;
        if (reduction == Reduction.None)
            result = CopyKernel.Cast(losses, input.DType).View(target.Sizes, Shapes.ContiguousStrides(target.Sizes), 0);
        else
            result = CopyKernel.Cast(GradMath.Scale(GradMath.SumTo(losses, []), 1 / divisor), input.DType);
        var node = Graph.Records(input) ? new CrossEntropyNode(input, classDim, logs, shares, divisor) : null;
        return Graph.Result(result, node);
    }

    /// <summary>The logits with the class dimension last, as a matrix.</summary>
    public static TensorImpl Rows(TensorImpl input, int classDim)
    {
        int[] order = [.. Enumerable.Range(0, input.Rank).Where(d => d != classDim), classDim];
        var moved = input.View(
            Array.ConvertAll(order, d => input.Sizes[d]), Array.ConvertAll(order, d => input.Strides[d]), input.Offset);
        var classes = input.Sizes[classDim];
        return CopyKernel.Contiguous(moved).View([classes == 0 ? 0 : input.Numel / classes, classes], [classes, 1], 0);
    }

    /// <summary>The weight of each class in each row's loss, and what the sum is divided by.</summary>
    private static double[] Shares(
        TensorImpl target, TensorImpl? weight, long ignored, double smoothing, int classes, out double divisor, Reduction reduction)
    {
        var targets = CopyKernel.Contiguous(target, ScalarType.Int64).Elements<long>();
        var weights = new double[classes];
        Array.Fill(weights, 1);
        if (weight is not null)
            weights = CopyKernel.Contiguous(weight, ScalarType.Float64).Elements<double>().ToArray();

        var shares = new double[targets.Length * classes];
        var total = 0d;
        for (var row = 0; row < targets.Length; row++)
        {
            var one = targets[row];
            if (one == ignored)
                continue;
            if (one < 0 || one >= classes)
                Fail.Native($"Target {one} is out of bounds.");

            total += weights[one];
            var share = shares.AsSpan(row * classes, classes);
            for (var c = 0; c < classes && smoothing > 0; c++)
                share[c] = smoothing / classes * weights[c];
            share[(int)one] += (1 - smoothing) * weights[one];
        }

        divisor = reduction == Reduction.Mean ? total : 1;
        return shares;
    }

    private static TensorImpl Losses(TensorImpl logs, double[] shares)
    {
        var classes = (int)logs.Sizes[1];
        var result = TensorImpl.Create(ScalarType.Float64, [logs.Sizes[0]], clear: true);
        var losses = result.Elements<double>();
        var values = CopyKernel.Cast(logs, ScalarType.Float64).Elements<double>();
        for (var row = 0; row < losses.Length; row++)
        {
            // A share of 0 counts nothing, not even of an infinite logarithm.
            for (var at = row * classes; at < (row + 1) * classes; at++)
                losses[row] -= shares[at] == 0 ? 0 : shares[at] * values[at];
        }

        return result;
    }

    private static int Check(TensorImpl input, TensorImpl target, TensorImpl? weight)
    {
        var classDim = input.Rank == 1 ? 0 : 1;
        if (input.Rank == 0)
            Fail.Native("Expected input of at least one dimension");
        long[] expected = [.. input.Sizes[..classDim], .. input.Sizes[(classDim + 1)..]];
        if (!expected.AsSpan().SequenceEqual(target.Sizes))
            Fail.Native($"Expected target size {Fail.Show(expected)}, got {Fail.Show(target.Sizes)}");
        if (target.DType != ScalarType.Int64)
            Fail.Native($"expected scalar type Long but found {target.DType}");
        if (weight is not null && (weight.Rank != 1 || weight.Numel != input.Sizes[classDim]))
            Fail.Native($"weight tensor should be defined for all {input.Sizes[classDim]} classes");
        return classDim;
    }
}

/// <summary>The way back: for each row the probabilities times the sum of the shares, less the shares.</summary>
internal sealed class CrossEntropyNode : Node
{
    private readonly Saved _logs;
    private readonly double[] _shares;
    private readonly double _divisor;
    private readonly int _classDim;
    private readonly long[] _before;

    public CrossEntropyNode(TensorImpl input, int classDim, TensorImpl logs, double[] shares, double divisor)
        : base(input)
    {
        _logs = Save(logs);
        (_shares, _divisor, _classDim, _before) = (shares, divisor, classDim, input.Sizes);
    }

    public override void Backward(TensorImpl grad, TensorImpl?[] inputs)
    {
        var logs = _logs.Value;
        var (rows, classes) = ((int)logs.Sizes[0], (int)logs.Sizes[1]);
        var values = CopyKernel.Cast(logs, ScalarType.Float64).Elements<double>();
        var result = TensorImpl.Create(ScalarType.Float64, [rows, classes]);
        var to = result.Elements<double>();
        var factors = CopyKernel.Contiguous(GradMath.Stretch(GradMath.Reshape(grad, [grad.Numel]), [rows]), ScalarType.Float64);
        for (var row = 0; row < rows; row++)
        {
            var shares = _shares.AsSpan(row * classes, classes);
            var total = 0d;
            foreach (var share in shares)
                total += share;
            var factor = factors.Elements<double>()[row] / _divisor;
            for (var c = 0; c < classes; c++)
            {
                var at = (row * classes) + c;
                to[at] = total == 0 ? 0 : factor * ((Math.Exp(values[at]) * total) - shares[c]);
            }
        }

        inputs[0] = BackInPlace(CopyKernel.Cast(result, grad.DType));
    }

    private TensorImpl BackInPlace(TensorImpl rows)
    {
        long[] moved = [.. _before[.._classDim], .. _before[(_classDim + 1)..], _before[_classDim]];
        var strides = Shapes.ContiguousStrides(moved);
        var last = strides[^1];
        long[] back = [.. strides[.._classDim], last, .. strides[_classDim..^1]];
        return rows.View(_before, back, 0);
    }
}
