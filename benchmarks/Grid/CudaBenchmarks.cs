using BenchmarkDotNet.Attributes;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;

namespace MlNetNtd.Benchmarks;

/// <summary>
/// A block of the Torch engine on a CUDA device, and the lower bound of its cost: the same bytes copied from pinned memory to the device
/// and back, and the combined sequences copied once on the device.
/// </summary>
public class CudaBenchmarks
{
    private readonly Shape _shape = new(128, 64);
    private DataViewRowCursor _cursor = null!;
    private ValueGetter<VBuffer<float>> _getter = null!;
    private VBuffer<float> _combined;
    private torch.Tensor _pinnedHalf = null!;
    private torch.Tensor _pinnedCombined = null!;
    private torch.Tensor _deviceHalf = null!;
    private torch.Tensor _deviceCombined = null!;
    private torch.Tensor _deviceCopy = null!;

    [Params(64, 256, 1024)]
    public int BatchSize { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        var context = new MLContext(seed: 1) { GpuDeviceId = 0, FallbackToCpu = false };
        var input = new SequenceView(_shape);
        var transformer = Transforms.Fit(
            input, _shape, options => (options.Engine, options.BatchSize, options.MaskColumnName) = (EngineKind.Torch, BatchSize, null), context);
        var view = transformer.Transform(input);
        var column = view.Schema[NextTokenDiscriminatorEstimator.Defaults.OutputColumnName];
        _cursor = view.GetRowCursor([column]);
        _getter = _cursor.GetGetter<VBuffer<float>>(column);

        var device = new torch.Device(DeviceType.CUDA, 0);
        _pinnedHalf = torch.empty(BatchSize, _shape.Tokens, _shape.Dimension).pin_memory();
        _pinnedCombined = torch.empty(BatchSize, 2 * _shape.Tokens, _shape.Dimension).pin_memory();
        _deviceHalf = torch.empty(BatchSize, _shape.Tokens, _shape.Dimension, device: device);
        _deviceCombined = torch.empty(BatchSize, 2 * _shape.Tokens, _shape.Dimension, device: device);
        _deviceCopy = _deviceCombined.clone();
    }

    /// <summary>One block through the cursor, with its rows copied out.</summary>
    [Benchmark(Baseline = true)]
    public void Block()
    {
        for (var row = 0; row < BatchSize; row++)
        {
            _cursor.MoveNext();
            _getter(ref _combined);
        }
    }

    /// <summary>One block that is read, packed and combined, without copying its rows out.</summary>
    [Benchmark]
    public void BlockOnDevice()
    {
        for (var row = 0; row < BatchSize; row++)
            _cursor.MoveNext();
        torch.cuda.synchronize();
    }

    /// <summary>Copies both columns to the device and the combined sequences back.</summary>
    [Benchmark]
    public void PinnedCopies()
    {
        using var scope = torch.NewDisposeScope();
        _deviceHalf.copy_(_pinnedHalf, true);
        _deviceHalf.copy_(_pinnedHalf, true);
        _pinnedCombined.copy_(_deviceCombined, true);
        torch.cuda.synchronize();
    }

    /// <summary>Copies the combined sequences once on the device.</summary>
    [Benchmark]
    public void DeviceCopy()
    {
        using var scope = torch.NewDisposeScope();
        _deviceCopy.copy_(_deviceCombined);
        torch.cuda.synchronize();
    }

    [GlobalCleanup]
    public void Close()
    {
        _cursor.Dispose();
        foreach (var tensor in new[] { _pinnedHalf, _pinnedCombined, _deviceHalf, _deviceCombined, _deviceCopy })
            tensor.Dispose();
    }
}
