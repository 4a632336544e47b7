using Microsoft.ML;
using TorchSharp;

namespace MlNetNtd.Studies.TextGan;

/// <summary>The context and the device of a run: the first CUDA device if there is one, else the CPU.</summary>
internal sealed class Compute
{
    public Compute(int seed)
    {
        Context = new MLContext(seed);
        if (!torch.TryInitializeDeviceType(DeviceType.CUDA) || !torch.cuda.is_available())
            return;
        Device = torch.CUDA;
        // An error is better than half of the work on another device.
        (Context.GpuDeviceId, Context.FallbackToCpu) = (0, false);
    }

    public MLContext Context { get; }

    public torch.Device Device { get; } = torch.CPU;
}
