using System.Numerics;
using static TorchSharp.torch;

namespace TorchSharp.Internal;

/// <summary>Fills tensors with draws, in the order in which libtorch draws on the CPU.</summary>
internal static class RandomFill
{
    /// <summary>From so many elements on, libtorch fills normal draws in groups of this size.</summary>
    private const int Group = 16;

    public static void Uniform(TensorImpl target, double from, double to, Generator? generator)
    {
        if (from > to)
            Fail.Native($"uniform_ expects to return a [from, to) range, but found from={from} > to={to}");

        var state = (generator ?? Generator.Default).State;
        lock (state.Gate)
        {
            var engine = state.Engine;
            if (target.DType == ScalarType.Float32 && target.IsContiguous)
                Singles(target.Elements<float>(), engine, (float)from, (float)to);
            else if (target.DType == ScalarType.Float64)
                Write(target, () => (engine.NextDouble() * (to - from)) + from);
            else if (target.DType == ScalarType.Float16)
                Write(target, () => (engine.NextHalf() * (to - from)) + from);
            else
                Write(target, () => ((double)engine.NextSingle() * ((float)to - (float)from)) + (float)from);
        }
    }

    /// <summary>1 with the given probability, else 0.</summary>
    public static void Bernoulli(TensorImpl target, double probability)
    {
        var state = Generator.Default.State;
        lock (state.Gate)
            Write(target, () => state.Engine.NextDouble() < probability ? 1 : 0);
    }

    /// <summary>From the exponential distribution of mean 1.</summary>
    public static void Exponential(TensorImpl target, Generator? generator)
    {
        var state = (generator ?? Generator.Default).State;
        lock (state.Gate)
            Write(target, () => -double.LogP1(-state.Engine.NextDouble()));
    }

    public static void Normal(TensorImpl target, double mean, double std, Generator? generator)
    {
        if (std < 0)
            Fail.Native($"normal expects std >= 0.0, but found std {std}");

        var state = (generator ?? Generator.Default).State;
        lock (state.Gate)
        {
            if (target.Numel < Group || !target.IsContiguous || target.DType == ScalarType.Float16)
                Write(target, () => (OneNormal(state) * std) + mean);
            else if (target.DType == ScalarType.Float32)
                Groups(target.Elements<float>(), state.Engine.NextSingle, (float)mean, (float)std);
            else if (target.DType == ScalarType.Float64)
                Groups(target.Elements<double>(), state.Engine.NextDouble, mean, std);
            else
                throw DTypes.Unsupported(target.DType);
        }
    }

    /// <summary>Computed in double precision, with the limits of single precision, as libtorch does.</summary>
    private static void Singles(Span<float> target, Mt19937 engine, float from, float to)
    {
        foreach (ref var element in target)
            element = (float)(((double)engine.NextSingle() * (to - from)) + from);
    }

    private static double OneNormal(RandomState state)
    {
        if (state.SpareNormal is { } spare)
        {
            state.SpareNormal = null;
            return spare;
        }

        var (u1, u2) = (state.Engine.NextDouble(), state.Engine.NextDouble());
        var radius = Math.Sqrt(-2 * Math.Log(1 - u2));
        var angle = 2 * Math.PI * u1;
        state.SpareNormal = radius * Math.Sin(angle);
        return radius * Math.Cos(angle);
    }

    /// <summary>Pairs of normal draws (Box and Muller) from uniform ones; the last group may overlap the one before.</summary>
    private static void Groups<T>(Span<T> target, Func<T> draw, T mean, T std)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        foreach (ref var element in target)
            element = draw();
        for (var i = 0; i <= target.Length - Group; i += Group)
            Transform(target.Slice(i, Group), mean, std);
        if (target.Length % Group == 0)
            return;

        var last = target[^Group..];
        foreach (ref var element in last)
            element = draw();
        Transform(last, mean, std);
    }

    private static void Transform<T>(Span<T> group, T mean, T std) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var two = T.One + T.One;
        for (var i = 0; i < Group / 2; i++)
        {
            var radius = T.Sqrt(-two * T.Log(T.One - group[i]));
            var angle = two * T.Pi * group[i + (Group / 2)];
            group[i] = (radius * T.Cos(angle) * std) + mean;
            group[i + (Group / 2)] = (radius * T.Sin(angle) * std) + mean;
        }
    }

    private static void Write(TensorImpl target, Func<double> draw)
    {
        var draws = TensorImpl.Create(ScalarType.Float64, (long[])target.Sizes.Clone());
        foreach (ref var element in draws.Elements<double>())
            element = draw();
        if (!target.DType.IsFloatingPoint())
            Fail.Native($"random draws are not implemented for '{target.DType}'");
        CopyKernel.Copy(draws, target);
    }
}
