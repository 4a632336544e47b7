using TorchSharp;

namespace MlNetNtd.Examples;

/// <summary>Whether there is a CUDA device to run on.</summary>
internal static class Cuda
{
    /// <summary>False as well where native libtorch, its CUDA build or a driver is missing.</summary>
    public static bool IsAvailable()
    {
        try
        {
            return torch.TryInitializeDeviceType(DeviceType.CUDA) && torch.cuda.is_available();
        }
        catch (Exception e) when (e is DllNotFoundException or TypeInitializationException or NotSupportedException)
        {
            return false;
        }
    }
}
