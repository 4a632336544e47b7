namespace TorchSharp;

public static partial class torch
{
    /// <summary>True for the CPU, false for CUDA: there is no native library to load.</summary>
    public static bool TryInitializeDeviceType(DeviceType deviceType) =>
        deviceType is not (DeviceType.CUDA or DeviceType.MPS);

    public static void InitializeDeviceType(DeviceType deviceType)
    {
        if (!TryInitializeDeviceType(deviceType))
        {
            throw new InvalidOperationException(
                $"The device type {deviceType} is not available: the TorchSharp stand-in computes on the CPU only.");
        }
    }

    public static Device InitializeDevice(Device? device)
    {
        device ??= get_default_device();
        InitializeDeviceType(device.type);
        return device;
    }

    public static bool cuda_is_available() => cuda.is_available();

    public static partial class cuda
    {
        public static bool is_available() => TryInitializeDeviceType(DeviceType.CUDA);

        public static int device_count() => 0;
    }
}
