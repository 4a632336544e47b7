using Microsoft.ML;
using TorchSharp;

namespace MlNetNtd.Examples.TextGan;

/// <summary>The context and the device that everything runs on: the first CUDA device where there is one, else the CPU.</summary>
internal sealed class Machine
{
    public Machine(int seed)
    {
        Seed = seed;
        Context = new MLContext(seed);
        if (!Cuda.IsAvailable())
        {
            Device = torch.CPU;
            return;
        }

        Device = torch.CUDA;
        Context.GpuDeviceId = 0;
        // An error rather than half of the work on another device.
        Context.FallbackToCpu = false;
    }

    public int Seed { get; }

    public MLContext Context { get; }

    public torch.Device Device { get; }

    public string Description => Device.type == DeviceType.CUDA ? "cuda:0" : "CPU";
}
