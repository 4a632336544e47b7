namespace TorchSharp;

public static partial class torch
{
    public static partial class cuda
    {
        /// <summary>Waits for a CUDA device; there is none to wait for.</summary>
        public static void synchronize(Device? device = null) => TryInitializeDeviceType(device?.type ?? DeviceType.CUDA);
    }
}
