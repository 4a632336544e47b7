using System.Numerics;
using static TorchSharp.torch;

namespace TorchSharp.Internal;

/// <summary>Copies between tensors of any layout, converting elements where the types differ.</summary>
internal static class CopyKernel
{
    public static void Copy(TensorImpl source, TensorImpl target)
    {
        if (source.DType == target.DType)
        {
            SameType(source, target);
            return;
        }

        if (target.DType == ScalarType.Bool)
        {
            var toBool = new ToBool(source, target);
            DTypes.ForNumber<ToBool, bool>(source.DType, ref toBool);
            return;
        }

        var from = new From(source, target);
        DTypes.ForNumber<From, bool>(source.DType, ref from);
    }

    /// <summary>A contiguous copy, of another element type if asked for.</summary>
    public static TensorImpl Contiguous(TensorImpl source, ScalarType? dtype = null)
    {
        var copy = TensorImpl.Create(dtype ?? source.DType, (long[])source.Sizes.Clone());
        Copy(source, copy);
        return copy;
    }

    /// <summary>The tensor itself where it has the type already, else a converted copy.</summary>
    public static TensorImpl Cast(TensorImpl source, ScalarType dtype) =>
        source.DType == dtype ? source : Contiguous(source, dtype);

    public static void Fill(TensorImpl target, Scalar value)
    {
        var fill = new FillFor(target, value);
        DTypes.ForNumber<FillFor, bool>(target.DType, ref fill);
    }

    private static void SameType(TensorImpl source, TensorImpl target)
    {
        // Equal bits, so an element is only a number of bytes here.
        switch (DTypes.SizeOf(source.DType))
        {
            case 1: Move<byte>(source, target); break;
            case 2: Move<short>(source, target); break;
            case 4: Move<int>(source, target); break;
            case 8: Move<long>(source, target); break;
            default: throw DTypes.Unsupported(source.DType);
        }
    }

    private static void Move<T>(TensorImpl source, TensorImpl target) where T : unmanaged
    {
        var kernel = new MoveKernel<T>(source.Storage.As<T>(), target.Storage.As<T>());
        StridedLoop.Run(target.Sizes, ref kernel, source, target);
    }

    private readonly ref struct MoveKernel<T>(ReadOnlySpan<T> source, Span<T> target) : IStridedKernel
        where T : unmanaged
    {
        private readonly ReadOnlySpan<T> _source = source;
        private readonly Span<T> _target = target;

        public void Run(scoped ReadOnlySpan<long> offsets, scoped ReadOnlySpan<long> strides, int count)
        {
            var (from, to, fromStep, toStep) = ((int)offsets[0], (int)offsets[1], (int)strides[0], (int)strides[1]);
            if (fromStep == 1 && toStep == 1)
            {
                _source.Slice(from, count).CopyTo(_target[to..]);
                return;
            }

            if (fromStep == 0 && toStep == 1)
            {
                _target.Slice(to, count).Fill(_source[from]);
                return;
            }

            for (var i = 0; i < count; i++, from += fromStep, to += toStep)
                _target[to] = _source[from];
        }
    }

    private readonly struct From(TensorImpl source, TensorImpl target) : IForNumber<bool>
    {
        public bool Run<T>() where T : unmanaged, INumber<T>
        {
            var to = new To<T>(source, target);
            return DTypes.ForNumber<To<T>, bool>(target.DType, ref to);
        }
    }

    private readonly struct To<TFrom>(TensorImpl source, TensorImpl target) : IForNumber<bool>
        where TFrom : unmanaged, INumber<TFrom>
    {
        public bool Run<T>() where T : unmanaged, INumber<T>
        {
            var kernel = new ConvertKernel<TFrom, T>(source.Storage.As<TFrom>(), target.Storage.As<T>());
            StridedLoop.Run(target.Sizes, ref kernel, source, target);
            return true;
        }
    }

    private readonly ref struct ConvertKernel<TFrom, TTo>(ReadOnlySpan<TFrom> source, Span<TTo> target) : IStridedKernel
        where TFrom : unmanaged, INumber<TFrom>
        where TTo : unmanaged, INumber<TTo>
    {
        private readonly ReadOnlySpan<TFrom> _source = source;
        private readonly Span<TTo> _target = target;

        public void Run(scoped ReadOnlySpan<long> offsets, scoped ReadOnlySpan<long> strides, int count)
        {
            var (from, to) = (offsets[0], offsets[1]);
            if (strides[0] == 1 && strides[1] == 1)
            {
                Contiguous(_source.Slice((int)from, count), _target.Slice((int)to, count));
                return;
            }

            for (var i = 0; i < count; i++, from += strides[0], to += strides[1])
                _target[(int)to] = Convert<TFrom, TTo>(_source[(int)from]);
        }
    }

    private static void Contiguous<TFrom, TTo>(ReadOnlySpan<TFrom> source, Span<TTo> target)
        where TFrom : unmanaged, INumber<TFrom>
        where TTo : unmanaged, INumber<TTo>
    {
        for (var i = 0; i < target.Length; i++)
            target[i] = Convert<TFrom, TTo>(source[i]);
    }

    private readonly struct ToBool(TensorImpl source, TensorImpl target) : IForNumber<bool>
    {
        public bool Run<T>() where T : unmanaged, INumber<T>
        {
            var kernel = new ToBoolKernel<T>(source.Storage.As<T>(), target.Storage.Bytes);
            StridedLoop.Run(target.Sizes, ref kernel, source, target);
            return true;
        }
    }

    private readonly ref struct ToBoolKernel<T>(ReadOnlySpan<T> source, Span<byte> target) : IStridedKernel
        where T : unmanaged, INumber<T>
    {
        private readonly ReadOnlySpan<T> _source = source;
        private readonly Span<byte> _target = target;

        public void Run(scoped ReadOnlySpan<long> offsets, scoped ReadOnlySpan<long> strides, int count)
        {
            var (from, to) = (offsets[0], offsets[1]);
            for (var i = 0; i < count; i++, from += strides[0], to += strides[1])
                _target[(int)to] = _source[(int)from] != T.Zero ? (byte)1 : (byte)0;
        }
    }

    private readonly struct FillFor(TensorImpl target, Scalar value) : IForNumber<bool>
    {
        public bool Run<T>() where T : unmanaged, INumber<T>
        {
            var kernel = new FillKernel<T>(target.Storage.As<T>(), Element<T>(value, target.DType));
            StridedLoop.Run(target.Sizes, ref kernel, target);
            return true;
        }
    }

    private readonly ref struct FillKernel<T>(Span<T> target, T value) : IStridedKernel where T : unmanaged
    {
        private readonly Span<T> _target = target;

        public void Run(scoped ReadOnlySpan<long> offsets, scoped ReadOnlySpan<long> strides, int count)
        {
            var to = offsets[0];
            if (strides[0] == 1)
            {
                _target.Slice((int)to, count).Fill(value);
                return;
            }

            for (var i = 0; i < count; i++, to += strides[0])
                _target[(int)to] = value;
        }
    }

    /// <summary>A plain number as an element.</summary>
    public static T Element<T>(Scalar value, ScalarType dtype) where T : unmanaged, INumber<T> =>
        dtype == ScalarType.Bool ? (value.IsTrue ? T.One : T.Zero)
        : value.Type == ScalarType.Float64 ? Convert<double, T>(value.Real)
        : T.CreateTruncating(value.Integer);

    /// <summary>As a C cast: towards zero, then modulo the size of the integer.</summary>
    private static TTo Convert<TFrom, TTo>(TFrom value)
        where TFrom : unmanaged, INumber<TFrom>
        where TTo : unmanaged, INumber<TTo>
    {
        var narrows = IsReal<TFrom>() && !IsReal<TTo>();
        return narrows ? TTo.CreateTruncating(long.CreateSaturating(value)) : TTo.CreateTruncating(value);
    }

    private static bool IsReal<T>() =>
        typeof(T) == typeof(float) || typeof(T) == typeof(double) || typeof(T) == typeof(Half);
}
