using System.Runtime.Intrinsics;

namespace MlNetNtd.Tests;

/// <summary>Something that is computed on vectors of one width.</summary>
internal interface IVectorAction
{
    void Run<TOps, TVector>()
        where TOps : IVectorOps<TVector>
        where TVector : struct;
}

/// <summary>Runs kernels on vectors of every width, whatever this processor has.</summary>
internal static class VectorWidths
{
    /// <summary>Gets the names of <see cref="VectorWidth"/>, for tests with a parameter.</summary>
    public static IReadOnlyList<string> Names { get; } = Enum.GetNames<VectorWidth>();

    public static void Run(string width, IVectorAction action)
    {
        switch (Enum.Parse<VectorWidth>(width))
        {
            case VectorWidth.Bits512:
                action.Run<Vector512Ops, Vector512<float>>();
                break;
            case VectorWidth.Bits256:
                action.Run<Vector256Ops, Vector256<float>>();
                break;
            case VectorWidth.Bits128:
                action.Run<Vector128Ops, Vector128<float>>();
                break;
            default:
                action.Run<ScalarOps, float>();
                break;
        }
    }
}
