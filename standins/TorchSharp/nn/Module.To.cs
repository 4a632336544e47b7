#nullable disable
using System.Reflection;
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Moving and converting a module.</summary>
        public partial class Module
        {
            private DeviceType _deviceType = DeviceType.CPU;
            private int _deviceIndex = -1;

            protected internal virtual Module _to(Device device, ScalarType dtype, bool non_blocking)
            {
                CheckType(dtype);
                device = CheckDevice(device.type, device.index);
                _toEpilog(device, dtype, non_blocking);
                return this;
            }

            protected internal virtual Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking)
            {
                var device = CheckDevice(deviceType, deviceIndex);
                if (device.type != _deviceType || device.index != _deviceIndex)
                    _toEpilog(device.type, device.index, non_blocking);
                return this;
            }

            protected internal virtual Module _to(ScalarType dtype, bool non_blocking)
            {
                CheckType(dtype);
                _toEpilog(dtype, non_blocking);
                return this;
            }

            public Module _to(Tensor other, bool non_blocking)
            {
                _to(other.dtype, non_blocking);
                return _to(other.device_type, other.device_index, non_blocking);
            }

            protected void _toEpilog(ScalarType dtype, bool non_blocking) => Convert(dtype, null, non_blocking);

            protected void _toEpilog(Device device, ScalarType dtype, bool non_blocking) => Convert(dtype, device, non_blocking);

            protected void _toEpilog(DeviceType deviceType, int deviceIndex, bool non_blocking) =>
                Convert(null, new Device(deviceType, deviceIndex), non_blocking);

            /// <summary>
            /// Replaces floating point parameters and buffers by converted ones, in the registries and in the fields
            /// that carry their names. Integer and Boolean ones keep their type.
            /// </summary>
            private void Convert(ScalarType? dtype, Device device, bool non_blocking)
            {
                foreach (var (_, child) in named_children())
                {
                    if (device is null)
                        child._to(dtype.Value, non_blocking);
                    else if (dtype is null)
                        child._to(device.type, device.index, non_blocking);
                    else
                        child._to(device, dtype.Value, non_blocking);
                }

                var fields = ComponentFields().ToDictionary(field => field.ComponentName());
                foreach (var (parameterName, parameter) in named_parameters(false).ToList())
                {
                    if (!Changes(parameter, dtype, device))
                        continue;
                    var converted = ConvertParameter(parameter, dtype, device);
                    ConditionallyRegisterParameter(parameterName, converted);
                    SetField(fields, parameterName, converted);
                }

                foreach (var (bufferName, buffer) in named_buffers(false).ToList())
                {
                    if (!Changes(buffer, dtype, device))
                        continue;
                    var converted = buffer.to(TypeFor(buffer, dtype), device ?? buffer.device, disposeAfter: true);
                    converted.DetachFromDisposeScope();
                    ConditionallyRegisterBuffer(bufferName, converted);
                    SetField(fields, bufferName, converted);
                }

                if (device is not null)
                    (_deviceType, _deviceIndex) = (device.type, device.index);
            }

            private static Parameter ConvertParameter(Parameter parameter, ScalarType? dtype, Device device)
            {
                using var unrecorded = no_grad();
                using var grad = parameter.grad;
                var type = TypeFor(parameter, dtype);
                var converted = new Parameter(parameter.to(type, device ?? parameter.device), parameter.requires_grad);
                converted.DetachFromDisposeScope();
                if (grad is not null)
                {
                    using var convertedGrad = grad.to(type, device ?? parameter.device);
                    converted.grad = convertedGrad;
                }

                parameter.Dispose();
                return converted;
            }

            private static bool Changes(Tensor tensor, ScalarType? dtype, Device device) =>
                (dtype ?? tensor.dtype) != tensor.dtype
                || (device is not null && (device.type != tensor.device_type || device.index != tensor.device_index));

            private static ScalarType TypeFor(Tensor tensor, ScalarType? dtype) =>
                tensor.is_floating_point() || tensor.is_complex() ? dtype ?? tensor.dtype : tensor.dtype;

            private void SetField(Dictionary<string, FieldInfo> fields, string component, Tensor value)
            {
                if (fields.TryGetValue(component, out var field))
                    field.SetValue(this, value);
            }

            private static void CheckType(ScalarType dtype)
            {
                if (!dtype.IsFloatingPoint() && !dtype.IsComplex())
                    throw new ArgumentException($"A module can be converted to floating point and complex types only, not to {dtype}.");
            }

            /// <summary>Only CUDA devices have an index.</summary>
            private static Device CheckDevice(DeviceType type, int index)
            {
                if (type != DeviceType.CUDA)
                    index = -1;
                else if (!cuda.is_available())
                    throw new InvalidOperationException("CUDA is not available.");
                InitializeDeviceType(type);
                return new Device(type, index);
            }
        }
    }
}
