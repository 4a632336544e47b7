using System.Text.Json;
using static TorchSharp.torch;

namespace MlNetNtd.Autograd.Tests;

/// <summary>What PyTorch gave: see write_golden.py, beside the file.</summary>
internal sealed record Golden(
    Dictionary<string, Golden.Case> Functions,
    Dictionary<string, Golden.Run> Optimizers,
    Golden.Clip[] Clips,
    long[] Targets,
    Golden.Numbers Weights,
    Golden.Numbers Labels)
{
    public static Golden File { get; } = Read();

    private static Golden Read()
    {
        using var stream = System.IO.File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Golden", "pytorch.json"));
        return JsonSerializer.Deserialize<Golden>(stream, JsonSerializerOptions.Web)!;
    }

    internal sealed record Numbers(long[] Shape, double[] Values)
    {
        public Tensor ToTensor(bool requiresGrad = false) =>
            tensor(Array.ConvertAll(Values, value => (float)value), Shape, requires_grad: requiresGrad);
    }

    internal sealed record Case(Numbers[] Inputs, Numbers Result, Numbers[] Gradients);

    internal sealed record Run(Numbers Start, Numbers Curvature, Numbers Slope, double[][] Path);

    internal sealed record Clip(double Most, JsonElement Kind, Numbers[] Before, double Norm, Numbers[] After)
    {
        public double NormType => Kind.ValueKind == JsonValueKind.Number ? Kind.GetDouble() : double.PositiveInfinity;
    }
}
