using System.Runtime.InteropServices;

namespace MlNetNtd;

/// <summary>The ABI of Open MPI: handles are addresses of exported variables. From mpi.h of Open MPI 4.1.</summary>
/// <param name="library">The handle of the loaded library.</param>
internal sealed class OpenMpiAbi(nint library) : IMpiAbi
{
    private const string WorldSymbol = "ompi_mpi_comm_world";

    public nint World { get; } = NativeLibrary.GetExport(library, WorldSymbol);

    public nint Float { get; } = NativeLibrary.GetExport(library, "ompi_mpi_float");

    public nint Byte { get; } = NativeLibrary.GetExport(library, "ompi_mpi_byte");

    public nint Sum { get; } = NativeLibrary.GetExport(library, "ompi_mpi_op_sum");

    public nint ErrorsReturn { get; } = NativeLibrary.GetExport(library, "ompi_mpi_errors_return");

    public nint InPlace => 1;

    public int MaxErrorString => 256;

    /// <summary>Gets whether a library has this ABI.</summary>
    public static bool IsSupported(nint library) => NativeLibrary.TryGetExport(library, WorldSymbol, out _);
}
