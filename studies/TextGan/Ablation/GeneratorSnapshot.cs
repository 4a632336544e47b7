using static TorchSharp.torch;

namespace MlNetNtd.Examples.TextGan;

/// <summary>A generator's weights as they were at some time.</summary>
internal sealed class GeneratorSnapshot : IDisposable
{
    private readonly List<Tensor> _values;

    public GeneratorSnapshot(GeneratorNetwork network)
    {
        using var quiet = no_grad();
        _values = [.. network.Trained().Select(entry => entry.Parameter.detach().clone())];
        foreach (var values in _values)
            values.DetachFromDisposeScope();
    }

    public void Restore(GeneratorNetwork network)
    {
        using var quiet = no_grad();
        foreach (var ((_, parameter), values) in network.Trained().Zip(_values))
            parameter.copy_(values);
    }

    public void Dispose() => _values.ForEach(values => values.Dispose());
}
