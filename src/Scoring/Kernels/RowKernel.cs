using System.Runtime.CompilerServices;

namespace MlNetNtd;

/// <summary>Computes rows of values element by element. All counts but those of copies are multiples of a vector's.</summary>
internal static unsafe class RowKernel<TOps, TVector>
    where TOps : IVectorOps<TVector>
    where TVector : struct
{
    /// <summary>Copies any number of values; short rows sooner than a call of the runtime does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(float* source, int count, float* target)
    {
        var i = 0;
        for (; i <= count - TOps.Count; i += TOps.Count)
            TOps.Store(target + i, TOps.Load(source + i));
        for (; i < count; i++)
            target[i] = source[i];
    }

    /// <summary>Computes result = left + right.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(float* left, float* right, int count, float* result)
    {
        for (var i = 0; i < count; i += TOps.Count)
            TOps.Store(result + i, TOps.Add(TOps.Load(left + i), TOps.Load(right + i)));
    }

    /// <summary>Computes result = left right.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(float* left, float* right, int count, float* result)
    {
        for (var i = 0; i < count; i += TOps.Count)
            TOps.Store(result + i, TOps.Multiply(TOps.Load(left + i), TOps.Load(right + i)));
    }

    /// <summary>Computes result = left right + addend.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyAdd(float* left, float* right, float* addend, int count, float* result)
    {
        for (var i = 0; i < count; i += TOps.Count)
            TOps.Store(result + i, TOps.MultiplyAdd(TOps.Load(left + i), TOps.Load(right + i), TOps.Load(addend + i)));
    }

    /// <summary>Computes result = factor values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scale(float* values, float factor, int count, float* result)
    {
        var factors = TOps.Broadcast(factor);
        for (var i = 0; i < count; i += TOps.Count)
            TOps.Store(result + i, TOps.Multiply(TOps.Load(values + i), factors));
    }

    /// <summary>Computes sums = sums + factor values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaled(float* values, float factor, int count, float* sums)
    {
        var factors = TOps.Broadcast(factor);
        for (var i = 0; i < count; i += TOps.Count)
            TOps.Store(sums + i, TOps.MultiplyAdd(TOps.Load(values + i), factors, TOps.Load(sums + i)));
    }

    /// <summary>Computes GELU and its derivative, x's part in the product of derivatives: Phi(x) + x phi(x).</summary>
    /// <param name="values">x; replaced by the derivative.</param>
    /// <param name="factors">Factors of both results, as dropout has them; null: none.</param>
    /// <param name="count">The number of values.</param>
    /// <param name="result">Receives GELU(x).</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gelu(float* values, float* factors, int count, float* result)
    {
        // 1 / sqrt(2 pi)
        const float Density = 0.398942280f;

        var half = TOps.Broadcast(0.5f);
        for (var i = 0; i < count; i += TOps.Count)
        {
            var x = TOps.Load(values + i);
            var cumulative = TOps.MultiplyAdd(half, Elementary<TOps, TVector>.NormalErf(x), half);
            var exponent = TOps.Multiply(TOps.Multiply(x, x), TOps.Broadcast(-0.5f));
            var density = TOps.Multiply(Elementary<TOps, TVector>.Exp(exponent), TOps.Broadcast(Density));
            var gelu = TOps.Multiply(x, cumulative);
            var derivative = TOps.MultiplyAdd(x, density, cumulative);
            if (factors is not null)
            {
                var factor = TOps.Load(factors + i);
                (gelu, derivative) = (TOps.Multiply(gelu, factor), TOps.Multiply(derivative, factor));
            }

            TOps.Store(result + i, gelu);
            TOps.Store(values + i, derivative);
        }
    }
}
