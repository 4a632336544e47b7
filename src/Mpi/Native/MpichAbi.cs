namespace MlNetNtd;

/// <summary>
/// The ABI of MPICH and of the libraries in the MPICH ABI Compatibility Initiative: handles are integers. From mpi.h of MPICH 4.0.
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
