namespace MlNetNtd;

/// <summary>
/// MPICH's, and that of the libraries of the MPICH ABI Compatibility Initiative: handles are numbers. Its mpi.h of 4.0.
/// </summary>
internal sealed class MpichAbi : IMpiAbi
{
    public nint World => 0x44000000;

    public nint Float => 0x4c00040a;

    public nint Byte => 0x4c00010d;

    public nint Sum => 0x58000003;

    public nint ErrorsReturn => 0x54000001;

    public nint InPlace => -1;

    public int MaxErrorString => 512;
}
