#nullable disable
using static TorchSharp.torch;

namespace TorchSharp.Internal;

/// <summary>Running means of a parameter's gradient and of its square.</summary>
internal sealed class AdamWState : ParameterState
{
    public AdamWState(Tensor parameter, bool amsgrad)
    {
        Mean = Zeros(parameter);
        Square = Zeros(parameter);
        LargestSquare = amsgrad ? Zeros(parameter) : null;
    }

    public long Steps { get; set; }

    public Tensor Mean { get; }

    public Tensor Square { get; }

    /// <summary>The largest mean square so far (AMSGrad), or null.</summary>
    public Tensor LargestSquare { get; private set; }

    public override void Save(BinaryWriter writer)
    {
        writer.Write(Steps);
        Mean.Save(writer);
        Square.Save(writer);
        SaveOptional(writer, LargestSquare);
    }

    public override void Load(BinaryReader reader)
    {
        Steps = reader.ReadInt64();
        Mean.Load(reader);
        Square.Load(reader);
        LargestSquare = LoadOptional(reader, LargestSquare);
    }

    public override void Dispose()
    {
        Mean.Dispose();
        Square.Dispose();
        LargestSquare?.Dispose();
    }
}
