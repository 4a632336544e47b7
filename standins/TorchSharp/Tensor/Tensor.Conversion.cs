using TorchSharp.Internal;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Copies, and changes of element type and device.</summary>
    public partial class Tensor
    {
        public Tensor clone()
        {
            var impl = Impl;
            return Graph.Result(CopyKernel.Contiguous(impl), Graph.Records(impl) ? new IdentityNode(impl) : null);
        }

        /// <summary>The same content where it is contiguous already, else a contiguous copy.</summary>
        public Tensor contiguous() => Impl.IsContiguous ? alias() : clone();

        /// <summary>There is no memory to pin without CUDA.</summary>
        public Tensor pin_memory()
        {
            _ = Impl;
            return Fail.Native<Tensor>("Cannot access accelerator device when none is available: memory cannot be pinned.");
        }

        public Tensor cpu() => alias();

        public Tensor cuda(Device? device = null, bool non_blocking = false)
        {
            if (device is not null && device.type != DeviceType.CUDA)
                throw new ArgumentException("The device is not a CUDA device.", nameof(device));
            InitializeDeviceType(DeviceType.CUDA);
            return alias();
        }

        public Tensor to_type(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false)
        {
            var impl = Impl;
            var result = impl.DType == type && !copy
                ? alias()
                : Graph.Result(CopyKernel.Contiguous(impl, type), Graph.Records(impl) ? new IdentityNode(impl) : null);
            if (disposeAfter)
                Dispose();
            return result;
        }

        public Tensor type_as(Tensor tensor) => to_type(tensor.dtype);

        public Tensor to(DeviceType deviceType, int deviceIndex = -1, bool copy = false, bool disposeAfter = false, bool non_blocking = false)
        {
            InitializeDeviceType(deviceType);
            return to_type(dtype, copy, disposeAfter, non_blocking);
        }

        public Tensor to(ScalarType type, Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false)
        {
            InitializeDevice(device);
            return to_type(type, copy, disposeAfter, non_blocking);
        }

        public Tensor to(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to_type(type, copy, disposeAfter, non_blocking);

        public Tensor to(string device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to(new Device(device), copy, disposeAfter, non_blocking);

        public Tensor to(Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to(device.type, device.index, copy, disposeAfter, non_blocking);

        public Tensor to(Tensor other, bool non_blocking = false) => to(other.dtype, other.device, non_blocking);

        public Tensor type(ScalarType dtype) => to_type(dtype);

        public Tensor @bool() => to_type(ScalarType.Bool);

        public Tensor @byte() => to_type(ScalarType.Byte);

        public Tensor @char() => to_type(ScalarType.Int8);

        public Tensor @short() => to_type(ScalarType.Int16);

        public Tensor @int() => to_type(ScalarType.Int32);

        public Tensor @long() => to_type(ScalarType.Int64);

        public Tensor half() => to_type(ScalarType.Float16);

        public Tensor @float() => to_type(ScalarType.Float32);

        public Tensor @double() => to_type(ScalarType.Float64);
    }
}
