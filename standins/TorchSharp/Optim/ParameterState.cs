#nullable disable
using static TorchSharp.torch;

namespace TorchSharp.Internal;

/// <summary>What an optimizer remembers of one parameter.</summary>
internal abstract class ParameterState : IDisposable
{
    public abstract void Save(BinaryWriter writer);

    public abstract void Load(BinaryReader reader);

    public abstract void Dispose();

    protected static Tensor Zeros(Tensor parameter) =>
        new Tensor(GradMath.Zeros(parameter.Impl)).DetachFromDisposeScope();

    /// <summary>A tensor that may be missing, behind a Boolean that says whether it is.</summary>
    protected static void SaveOptional(BinaryWriter writer, Tensor tensor)
    {
        writer.Write(tensor is not null);
        tensor?.Save(writer);
    }

    protected static Tensor LoadOptional(BinaryReader reader, Tensor before)
    {
        if (reader.ReadBoolean())
        {
            TensorExtensionMethods.Load(ref before, reader);
            return before.DetachFromDisposeScope();
        }

        before?.Dispose();
        return null;
    }
}
