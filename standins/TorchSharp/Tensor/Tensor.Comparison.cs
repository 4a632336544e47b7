using TorchSharp.Internal;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Comparisons and logic, element by element, to Booleans.</summary>
    public partial class Tensor
    {
        public Tensor eq(Tensor target) => Compare(CompareOp.Equal, target);

        public Tensor eq(Scalar target) => Compare(CompareOp.Equal, target);

        /// <summary>Element by element, as <see cref="eq(Tensor)"/>: in TorchSharp this is no comparison as a whole.</summary>
        public Tensor equal(Tensor target) => eq(target);

        public Tensor ne(Tensor target) => Compare(CompareOp.NotEqual, target);

        public Tensor ne(Scalar target) => Compare(CompareOp.NotEqual, target);

        public Tensor lt(Tensor target) => Compare(CompareOp.Less, target);

        public Tensor lt(Scalar target) => Compare(CompareOp.Less, target);

        public Tensor le(Tensor target) => Compare(CompareOp.LessOrEqual, target);

        public Tensor le(Scalar target) => Compare(CompareOp.LessOrEqual, target);

        public Tensor gt(Tensor target) => Compare(CompareOp.Greater, target);

        public Tensor gt(Scalar target) => Compare(CompareOp.Greater, target);

        public Tensor ge(Tensor target) => Compare(CompareOp.GreaterOrEqual, target);

        public Tensor ge(Scalar target) => Compare(CompareOp.GreaterOrEqual, target);

        public Tensor logical_and(Tensor other) => Compare(CompareOp.And, other);

        public Tensor logical_or(Tensor other) => Compare(CompareOp.Or, other);

        public Tensor logical_xor(Tensor other) => Compare(CompareOp.Xor, other);

        public Tensor logical_not() => new(UnaryKernel.LogicalNot(Impl));

        public Tensor bitwise_and(Tensor other) => Bits(BinaryOp.BitAnd, other);

        public Tensor bitwise_or(Tensor other) => Bits(BinaryOp.BitOr, other);

        public Tensor bitwise_xor(Tensor other) => Bits(BinaryOp.BitXor, other);

        public Tensor bitwise_not() => new(UnaryKernel.BitNot(Impl));

        public Tensor isnan() => new(TestKernel.IsNaN(Impl));

        public Tensor isinf() => new(TestKernel.IsInfinite(Impl));

        public Tensor isfinite()
        {
            var (nan, infinite) = (TestKernel.IsNaN(Impl), TestKernel.IsInfinite(Impl));
            return new(UnaryKernel.BitNot(CompareKernel.Run(CompareOp.Or, nan, infinite, ScalarType.Bool)));
        }

        /// <summary>True for equal shapes and elements.</summary>
        public bool Equals(Tensor target)
        {
            var (a, b) = (Impl, target.Impl);
            return a.Sizes.AsSpan().SequenceEqual(b.Sizes)
                && ReduceKernel.IsAllTrue(CompareKernel.Run(CompareOp.Equal, a, b, DTypes.Result(a, b)));
        }

        /// <summary>True when no element differs by more than atol + rtol * |target|.</summary>
        public bool allclose(Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false)
        {
            var (a, b) = (Impl, target.Impl);
            if (a.DType != b.DType)
                Fail.Native($"{a.DType} did not match {b.DType}");
            return ReduceKernel.IsAllTrue(CloseKernel.Run(a, b, rtol, atol, equal_nan));
        }

        private Tensor Compare(CompareOp op, Tensor target)
        {
            var (a, b) = (Impl, target.Impl);
            return new(CompareKernel.Run(op, a, b, DTypes.Result(a, b)));
        }

        private Tensor Compare(CompareOp op, Scalar target)
        {
            var a = Impl;
            var type = DTypes.Result(a, target);
            return new(CompareKernel.Run(op, a, Whole(target, type), type));
        }

        private Tensor Bits(BinaryOp op, Tensor other)
        {
            var (a, b) = (Impl, other.Impl);
            var type = DTypes.Result(a, b);
            if (type.IsFloatingPoint())
                Fail.Native($"bitwise operations are not implemented for '{type}'");
            return new(BinaryKernel.Run(op, a, b, type));
        }
    }
}
