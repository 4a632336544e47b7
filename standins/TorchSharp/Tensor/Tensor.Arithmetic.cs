using TorchSharp.Internal;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>How a quotient becomes whole.</summary>
    public enum RoundingMode
    {
        None,
        trunc,
        floor,
    }

    /// <summary>Arithmetic, element by element, shapes stretching and types meeting as in libtorch.</summary>
    public partial class Tensor
    {
        public Tensor add(Tensor target) => Binary(BinaryOp.Add, target);

        public Tensor add(Tensor target, Scalar alpha)
        {
            var (a, b) = (Impl, target.Impl);
            var type = DTypes.Result(a, b);
            var scaled = BinaryKernel.Run(BinaryOp.Multiply, b, Whole(alpha, type), type);
            return Graph.Result(
                BinaryKernel.Run(BinaryOp.Add, a, scaled, type),
                Graph.Records(a, b) ? new AddNode(a, b, alpha.ToDouble()) : null);
        }

        public Tensor add(Scalar scalar) => Binary(BinaryOp.Add, scalar);

        public Tensor add_(Tensor target) => BinaryInPlace(BinaryOp.Add, target);

        public Tensor add_(Scalar scalar) => BinaryInPlace(BinaryOp.Add, scalar);

        public Tensor sub(Tensor target)
        {
            CheckNotBoth(target);
            return Binary(BinaryOp.Subtract, target);
        }

        public Tensor sub(Scalar target) => Binary(BinaryOp.Subtract, target);

        public Tensor sub_(Tensor target)
        {
            CheckNotBoth(target);
            return BinaryInPlace(BinaryOp.Subtract, target);
        }

        public Tensor sub_(Scalar target) => BinaryInPlace(BinaryOp.Subtract, target);

        public Tensor mul(Tensor target) => Binary(BinaryOp.Multiply, target);

        public Tensor mul(Scalar target) => Binary(BinaryOp.Multiply, target);

        public Tensor mul_(Tensor target) => BinaryInPlace(BinaryOp.Multiply, target);

        public Tensor mul_(Scalar target) => BinaryInPlace(BinaryOp.Multiply, target);

        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None)
        {
            var (a, b) = (Impl, target.Impl);
            var type = Quotient(DTypes.Result(a, b), rounding_mode);
            return Run(Division(rounding_mode), a, b, type);
        }

        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None)
        {
            var a = Impl;
            var type = Quotient(DTypes.Result(a, target), rounding_mode);
            return Run(Division(rounding_mode), a, Whole(target, type), type);
        }

        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) =>
            InPlace(Division(rounding_mode), target.Impl, Quotient(DTypes.Result(Impl, target.Impl), rounding_mode));

        public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None)
        {
            var type = Quotient(DTypes.Result(Impl, target), rounding_mode);
            return InPlace(Division(rounding_mode), Whole(target, type), type);
        }

        public Tensor remainder(Tensor target) => Binary(BinaryOp.Remainder, target);

        public Tensor remainder(Scalar scalar) => Binary(BinaryOp.Remainder, scalar);

        public Tensor pow(Tensor exponent) => Binary(BinaryOp.Power, exponent);

        public Tensor pow(Scalar exponent)
        {
            var a = Impl;
            var type = DTypes.Result(a, exponent);
            return Graph.Result(
                BinaryKernel.Run(BinaryOp.Power, a, Whole(exponent, type), type),
                Graph.Records(a) ? new PowerNode(a, exponent.ToDouble()) : null);
        }

        public Tensor maximum(Tensor other) => Binary(BinaryOp.Maximum, other);

        public Tensor minimum(Tensor other) => Binary(BinaryOp.Minimum, other);

        public Tensor neg()
        {
            var impl = Impl;
            return Graph.Result(UnaryKernel.Negate(impl), Graph.Records(impl) ? new ScaleNode(impl, -1) : null);
        }

        public Tensor negative() => neg();

        public Tensor abs()
        {
            var impl = Impl;
            return Graph.Result(UnaryKernel.Abs(impl), Graph.Records(impl) ? UnaryNode.Abs(impl) : null);
        }

        public Tensor exp() => Real(UnaryOp.Exp);

        public Tensor log() => Real(UnaryOp.Log);

        public Tensor sqrt() => Real(UnaryOp.Sqrt);

        public Tensor square() => pow(2);

        public Tensor sigmoid() => Real(UnaryOp.Sigmoid);

        public Tensor reciprocal() => Real(UnaryOp.Reciprocal);

        /// <summary>Negative elements become 0.</summary>
        public Tensor relu() => dtype.IsFloatingPoint() ? Real(UnaryOp.Relu) : Run(BinaryOp.Maximum, Impl, Whole(0, dtype), dtype);

        /// <summary>x times the share of the standard normal distribution that lies below x.</summary>
        public Tensor gelu()
        {
            var impl = Impl;
            return Graph.Result(GeluKernel.Run(impl), Graph.Records(impl) ? new GeluNode(impl) : null);
        }

        private Tensor Real(UnaryOp op)
        {
            var impl = Impl;
            var result = UnaryKernel.Real(op, impl);
            return Graph.Result(result, Graph.Records(impl) ? UnaryNode.For(op, impl, result) : null);
        }

        private static Tensor Run(BinaryOp op, TensorImpl a, TensorImpl b, ScalarType type) => Graph.Result(
            BinaryKernel.Run(op, a, b, type), Graph.Records(a, b) ? BinaryNodes.For(op, a, b) : null);

        private Tensor Binary(BinaryOp op, Tensor target)
        {
            var (a, b) = (Impl, target.Impl);
            return Run(op, a, b, DTypes.Result(a, b));
        }

        private Tensor Binary(BinaryOp op, Scalar target)
        {
            var a = Impl;
            var type = DTypes.Result(a, target);
            return Run(op, a, Whole(target, type), type);
        }

        private Tensor BinaryInPlace(BinaryOp op, Tensor target) =>
            InPlace(op, target.Impl, DTypes.Result(Impl, target.Impl));

        private Tensor BinaryInPlace(BinaryOp op, Scalar target)
        {
            var type = DTypes.Result(Impl, target);
            return InPlace(op, Whole(target, type), type);
        }

        /// <summary>Computes in the common type; the target keeps its own.</summary>
        private Tensor InPlace(BinaryOp op, TensorImpl other, ScalarType type)
        {
            var impl = Impl;
            Graph.CheckInPlace(impl, other);
            CheckStretch(impl, other);
            CheckOverlap(impl);
            if ((type.IsFloatingPoint() && !impl.DType.IsFloatingPoint()) || (impl.DType == ScalarType.Bool && type != ScalarType.Bool))
                Fail.Native($"result type {type} can't be cast to the desired output type {impl.DType}");

            var node = Graph.Records(impl, other) ? BinaryNodes.For(op, impl, other, changesFirst: true) : null;
            if (impl.DType == type && !ReferenceEquals(impl.Storage, other.Storage))
                BinaryKernel.RunInto(op, impl, other, impl);
            else
                CopyKernel.Copy(BinaryKernel.Run(op, impl, other, type), impl);
            Graph.Changed(impl, node);
            return this;
        }

        private void CheckNotBoth(Tensor target)
        {
            if (dtype == ScalarType.Bool && target.dtype == ScalarType.Bool)
            {
                Fail.Native("Subtraction, the `-` operator, with two bool tensors is not supported. " +
                    "Use the `^` or `logical_xor()` operator instead.");
            }
        }

        /// <summary>A plain number as an operand.</summary>
        private static TensorImpl Whole(Scalar value, ScalarType type)
        {
            var impl = TensorImpl.Create(type, []);
            CopyKernel.Fill(impl, value);
            return impl;
        }

        private static BinaryOp Division(RoundingMode mode) => mode switch
        {
            RoundingMode.trunc => BinaryOp.DivideTruncated,
            RoundingMode.floor => BinaryOp.DivideFloored,
            _ => BinaryOp.Divide,
        };

        /// <summary>A quotient of integers is a floating point number unless it is to be whole.</summary>
        private static ScalarType Quotient(ScalarType type, RoundingMode mode) =>
            mode == RoundingMode.None && !type.IsFloatingPoint() ? get_default_dtype() : type;
    }
}
