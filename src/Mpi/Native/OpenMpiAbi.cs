using System.Runtime.InteropServices;

namespace MlNetNtd;

/// <summary>Open MPI's: handles are the addresses of variables that the library exports. Its mpi.h of 4.1.</summary>
/// <param name="library">The library, loaded.</param>
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

    /// <summary>Whether a library is of this kind.</summary>
    public static bool IsThatOf(nint library) => NativeLibrary.TryGetExport(library, WorldSymbol, out _);
}
