using System.Numerics;
using System.Runtime.InteropServices;

namespace MlNetNtd;

/// <summary>Implements AdamW on arrays, with the constants and the order of operations of <see cref="FlatAdamW"/>.</summary>
/// <param name="length">The number of weights.</param>
/// <param name="weightDecay">The weight decay; a step multiplies each weight by 1 - learning rate * weight decay.</param>
/// <param name="beta1">The decay of the running mean of gradients.</param>
internal sealed class ManagedAdamW(int length, double weightDecay, double beta1)
{
    private const double Beta2 = 0.999;
    private const double Epsilon = 1e-8;

    private readonly float[] _mean = new float[length];
    private readonly float[] _square = new float[length];
    private int _steps;

    /// <summary>
    /// Gets or sets the optimizer's state: the running means of gradients and of squared gradients, and the number of steps.
    /// </summary>
    public (float[] Mean, float[] Square, int Steps) State
    {
        get => ([.. _mean], [.. _square], _steps);
        set
        {
            value.Mean.CopyTo(_mean, 0);
            value.Square.CopyTo(_square, 0);
            _steps = value.Steps;
        }
    }

    /// <summary>Counts a step. <see cref="Update"/> follows for all weights, in any order.</summary>
    public void Begin() => _steps++;

    /// <summary>Updates some weights.</summary>
    /// <param name="first">The index of the first of these weights, a multiple of 16.</param>
    /// <param name="values">The weights.</param>
    /// <param name="gradients">Their gradients.</param>
    /// <param name="gradientFactor">A factor of the gradients, as clipping needs it.</param>
    /// <param name="learningRate">The learning rate of this step.</param>
    public void Update(int first, Span<float> values, ReadOnlySpan<float> gradients, float gradientFactor, double learningRate)
    {
        var factors = new Factors(
            gradientFactor, (float)(1 - beta1), (float)Beta2, (float)(1 - Beta2), (float)(1 / Math.Sqrt(1 - Math.Pow(Beta2, _steps))), (float)Epsilon,
            (float)(1 - learningRate * weightDecay), (float)(-learningRate / (1 - Math.Pow(beta1, _steps))));
        // Parameters begin at cache lines, so every range is full vectors.
        var v = MemoryMarshal.Cast<float, Vector<float>>(values);
        var g = MemoryMarshal.Cast<float, Vector<float>>(gradients);
        var m = MemoryMarshal.Cast<float, Vector<float>>(_mean.AsSpan(first, values.Length));
        var s = MemoryMarshal.Cast<float, Vector<float>>(_square.AsSpan(first, values.Length));
        for (var i = 0; i < v.Length; i++)
        {
            var gradient = g[i] * factors.Gradient;
            // PyTorch's lerp, which depends on the weight.
            m[i] = factors.Mean < 0.5f ? m[i] + factors.Mean * (gradient - m[i]) : gradient - (gradient - m[i]) * (1 - factors.Mean);
            s[i] = s[i] * factors.SquareDecay + gradient * gradient * factors.Square;
            var divisor = Vector.SquareRoot(s[i]) * factors.Divisor + new Vector<float>(factors.Epsilon);
            v[i] = v[i] * factors.Decay + m[i] / divisor * factors.Rate;
        }
    }

    private readonly record struct Factors(
        float Gradient, float Mean, float SquareDecay, float Square, float Divisor, float Epsilon, float Decay, float Rate);
}
