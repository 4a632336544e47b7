#nullable disable
using static TorchSharp.torch;

namespace TorchSharp.Internal;

/// <summary>A parameter's momentum, once there is one.</summary>
internal sealed class SgdState : ParameterState
{
    public TensorImpl Momentum { get; set; }

    public override void Save(BinaryWriter writer)
    {
        using var momentum = Momentum is null ? null : new Tensor(Momentum);
        SaveOptional(writer, momentum);
    }

    public override void Load(BinaryReader reader)
    {
        using var momentum = LoadOptional(reader, null);
        Momentum = momentum?.Impl;
    }

    public override void Dispose() => Momentum = null;
}
