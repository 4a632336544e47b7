using TorchSharp.Internal;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>What a tensor is like: shape, element type, device.</summary>
    public partial class Tensor
    {
        public long Dimensions => Impl.Rank;

        public long ndim => Impl.Rank;

        public long NumberOfElements => Impl.Numel;

        public long ElementSize => DTypes.SizeOf(Impl.DType);

        public ScalarType dtype => Impl.DType;

        public Device device
        {
            get
            {
                _ = Impl;
                return new Device(DeviceType.CPU);
            }
        }

        public DeviceType device_type
        {
            get
            {
                _ = Impl;
                return DeviceType.CPU;
            }
        }

        public int device_index
        {
            get
            {
                _ = Impl;
                return -1;
            }
        }

        public bool is_cuda => device_type == DeviceType.CUDA;

        public long[] shape => size();

        public long dim() => Impl.Rank;

        public long numel() => Impl.Numel;

        public long element_size() => ElementSize;

        public long[] size() => (long[])Impl.Sizes.Clone();

        public long size(int dim)
        {
            var impl = Impl;
            return impl.Rank == 0 ? NoDimensions(dim) : impl.Sizes[Shapes.Dim(dim, impl.Rank)];
        }

        public long[] stride() => (long[])Impl.Strides.Clone();

        public long stride(int dim)
        {
            var impl = Impl;
            return impl.Rank == 0 ? NoDimensions(dim) : impl.Strides[Shapes.Dim(dim, impl.Rank)];
        }

        public long storage_offset() => Impl.Offset;

        public bool is_contiguous() => Impl.IsContiguous;

        public bool is_cpu() => device_type == DeviceType.CPU;

        public bool is_integral() => dtype.IsIntegral();

        public bool is_floating_point() => dtype.IsFloatingPoint();

        public bool is_complex() => dtype.IsComplex();

        public bool is_pinned()
        {
            _ = Impl;
            return false;
        }

        private static long NoDimensions(int dim) =>
            Fail.Native<long>($"Dimension specified as {dim} but tensor has no dimensions");
    }
}
