using System.Numerics;
using TorchSharp.Internal;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Equally spaced numbers, the end left out; integers unless a bound or the step is not one.</summary>
    public static Tensor arange(Scalar start, Scalar stop, Scalar step, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
    {
        InitializeDevice(device);
        var integral = start.Type.IsIntegral() && stop.Type.IsIntegral() && step.Type.IsIntegral();
        var type = dtype ?? (integral ? ScalarType.Int64 : get_default_dtype());
        if (step.Real == 0)
            Fail.Native("step must be nonzero");
        if ((step.Real > 0 && start.Real > stop.Real) || (step.Real < 0 && start.Real < stop.Real))
            Fail.Native("upper bound and larger bound inconsistent with step sign");

        var count = integral
            ? (stop.Integer - start.Integer + step.Integer - Math.Sign(step.Integer)) / step.Integer
            : (long)Math.Ceiling((stop.Real - start.Real) / step.Real);
        var fill = new FillSteps(TensorImpl.Create(type, [count]), start, step);
        return new Tensor(DTypes.ForNumber<FillSteps, TensorImpl>(type, ref fill)).with_requires_grad(requires_grad);
    }

    public static Tensor arange(Scalar start, Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(start, stop, 1, dtype, device, requires_grad);

    public static Tensor arange(Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(0, stop, 1, dtype, device, requires_grad);

    /// <summary>Ones on the main diagonal, zeros elsewhere.</summary>
    public static Tensor eye(long rows, long columns = -1L, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
    {
        var result = Create([rows, columns == -1 ? rows : columns], dtype ?? get_default_dtype(), device, false, names, clear: true);
        var impl = result.Impl;
        var diagonal = impl.View([Math.Min(impl.Sizes[0], impl.Sizes[1])], [impl.Strides[0] + impl.Strides[1]], 0);
        CopyKernel.Fill(diagonal, 1);
        return result.with_requires_grad(requires_grad);
    }

    private readonly struct FillSteps(TensorImpl target, Scalar start, Scalar step) : IForNumber<TensorImpl>
    {
        public TensorImpl Run<T>() where T : unmanaged, INumber<T>
        {
            var elements = target.Elements<T>();
            for (var i = 0; i < elements.Length; i++)
            {
                elements[i] = target.DType.IsFloatingPoint()
                    ? T.CreateTruncating(start.Real + (i * step.Real))
                    : T.CreateTruncating(start.Integer + (i * step.Integer));
            }

            return target;
        }
    }
}
