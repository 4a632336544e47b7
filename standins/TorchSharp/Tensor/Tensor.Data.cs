using TorchSharp.Internal;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Elements out of a tensor and into it.</summary>
    public partial class Tensor
    {
        /// <summary>
        /// The memory of a contiguous tensor. The span is the tensor's own memory: writing to it changes the tensor,
        /// and it must not be used once the tensor is disposed.
        /// </summary>
        public Span<byte> bytes
        {
            get
            {
                var impl = RequireContiguous();
                var length = checked((int)(impl.Numel * DTypes.SizeOf(impl.DType)));
                return impl.Storage.Bytes.Slice((int)(impl.Offset * DTypes.SizeOf(impl.DType)), length);
            }

            set
            {
                var target = bytes;
                if (target.Length != value.Length)
                    throw new ArgumentException($"The tensor has {target.Length} bytes, the span {value.Length}.");
                value.CopyTo(target);
            }
        }

        /// <summary>Typed access to the elements; <typeparamref name="T"/> must be the element type.</summary>
        public TensorAccessor<T> data<T>() where T : unmanaged
        {
            ValidateType(typeof(T));
            return new TensorAccessor<T>(this);
        }

        /// <summary>The only element.</summary>
        public T item<T>() where T : unmanaged
        {
            if (NumberOfElements != 1)
                throw new ArgumentException("item() needs a tensor of exactly one element.");
            return data<T>()[0];
        }

        public Scalar ToScalar()
        {
            var impl = Impl;
            if (impl.Numel != 1)
                Fail.Native($"a Tensor with {impl.Numel} elements cannot be converted to Scalar");
            var read = new ReadFirst(impl);
            return DTypes.ForNumber<ReadFirst, Scalar>(impl.DType, ref read);
        }

        public float ReadCpuSingle(long i) => TensorAccessor<float>.ReadItemAt(this, i);

        public double ReadCpuDouble(long i) => TensorAccessor<double>.ReadItemAt(this, i);

        public long ReadCpuInt64(long i) => TensorAccessor<long>.ReadItemAt(this, i);

        public int ReadCpuInt32(long i) => TensorAccessor<int>.ReadItemAt(this, i);

        public bool ReadCpuBool(long i) => TensorAccessor<bool>.ReadItemAt(this, i);

        public void WriteBytesToStream(Stream stream, int bufferSize = 1024) => stream.Write(bytes);

        public void ReadBytesFromStream(Stream stream, int bufferSize = 1024)
        {
            RequireContiguous();
            stream.ReadExactly(bytes);
        }

        internal void ValidateType(Type dotnetType)
        {
            if (DTypes.ToClr(dtype) != dotnetType)
                throw new ArgumentException($"Elements of type {dtype} cannot be read as {dotnetType.Name}.");
        }

        private TensorImpl RequireContiguous()
        {
            var impl = Impl;
            if (!impl.IsContiguous)
                throw new InvalidOperationException("The bytes of a tensor that is not contiguous cannot be used.");
            return impl;
        }

        private readonly struct ReadFirst(TensorImpl impl) : IForNumber<Scalar>
        {
            public Scalar Run<T>() where T : unmanaged, System.Numerics.INumber<T>
            {
                var value = impl.Storage.As<T>()[(int)impl.Offset];
                return impl.DType == ScalarType.Bool ? new Scalar(value != T.Zero)
                    : impl.DType.IsFloatingPoint() ? new Scalar(double.CreateChecked(value))
                    : new Scalar(long.CreateChecked(value));
            }
        }
    }
}
