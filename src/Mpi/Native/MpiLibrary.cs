using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace MlNetNtd;

/// <summary>Calls the functions of the loaded MPI library, Open MPI or MPICH.</summary>
internal sealed unsafe class MpiLibrary
{
    /// <summary>The environment variable that names a library to use instead of the default ones.</summary>
    public const string Variable = "MLNETNTD_MPI";

    // MPI_THREAD_SERIALIZED.
    private const int Serialized = 2;

    // Larger than MPI_Status of any MPI.
    private const int StatusSize = 128;

    private static readonly string[] OpenMpi = ["libmpi.so.40"];

    // Debian's name, then the common one.
    private static readonly string[] Mpich = ["libmpich.so.12", "libmpi.so.12"];

    private readonly nint _library;
    private readonly IMpiAbi _abi;
    private readonly delegate* unmanaged<void*, int, nint, nint, nint, int> _broadcast;
    private readonly delegate* unmanaged<nint, void*, int, nint, nint, nint, int> _allreduce;
    private readonly delegate* unmanaged<void*, void*, int, nint, nint, nint, nint*, int> _beginAllreduce;
    private readonly delegate* unmanaged<nint*, void*, int> _wait;

    private MpiLibrary(string name, nint library)
    {
        Name = name;
        _library = library;
        _abi = OpenMpiAbi.IsSupported(library) ? new OpenMpiAbi(library) : new MpichAbi();
        _broadcast = (delegate* unmanaged<void*, int, nint, nint, nint, int>)Function("MPI_Bcast");
        _allreduce = (delegate* unmanaged<nint, void*, int, nint, nint, nint, int>)Function("MPI_Allreduce");
        _beginAllreduce = (delegate* unmanaged<void*, void*, int, nint, nint, nint, nint*, int>)Function("MPI_Iallreduce");
        _wait = (delegate* unmanaged<nint*, void*, int>)Function("MPI_Wait");
    }

    /// <summary>The library's file name.</summary>
    public string Name { get; }

    /// <summary>Whether MPI has been initialized and finalized in this process.</summary>
    public (bool Initialized, bool Finalized) State
    {
        get
        {
            int initialized, finalized;
            Check("MPI_Initialized", ((delegate* unmanaged<int*, int>)Function("MPI_Initialized"))(&initialized));
            Check("MPI_Finalized", ((delegate* unmanaged<int*, int>)Function("MPI_Finalized"))(&finalized));
            return (initialized != 0, finalized != 0);
        }
    }

    /// <summary>The rank of this process.</summary>
    public int Rank => CallForNumber("MPI_Comm_rank");

    /// <summary>The number of processes.</summary>
    public int Count => CallForNumber("MPI_Comm_size");

    /// <summary>Loads the MPI library that started this process, or else any installed one.</summary>
    /// <param name="environment">Gets the value of an environment variable; null if it is not set.</param>
    /// <exception cref="DllNotFoundException">There is no MPI library. The message says what to install.</exception>
    public static MpiLibrary Load(Func<string, string?> environment)
    {
        string[] names = environment(Variable) is { Length: > 0 } named ? [named]
            : LaunchEnvironment.IsMpich(environment) ? [.. Mpich, .. OpenMpi]
            : [.. OpenMpi, .. Mpich];
        foreach (var name in names)
        {
            if (GlobalLibraryLoader.TryLoad(name, out var library))
                return new MpiLibrary(name, library);
        }

        throw new DllNotFoundException(
            $"No MPI library was found; looked for {string.Join(", ", names)}. Install Open MPI or MPICH (Debian, Ubuntu: apt install openmpi-bin, "
            + $"or mpich; libopenmpi3 or libmpich12 is enough where a scheduler starts the processes), or name the file in {Variable}.");
    }

    /// <summary>Initializes MPI for use by one thread at a time. MPI's functions then return errors instead of aborting.</summary>
    public void Initialize()
    {
        int provided;
        Check("MPI_Init_thread", ((delegate* unmanaged<void*, void*, int, int*, int>)Function("MPI_Init_thread"))(null, null, Serialized, &provided));
        if (provided < Serialized)
            throw new InvalidOperationException($"{Name} was built without threads: expected at least MPI_THREAD_SERIALIZED ({Serialized}), found {provided}.");
        Check(
            "MPI_Comm_set_errhandler",
            ((delegate* unmanaged<nint, nint, int>)Function("MPI_Comm_set_errhandler"))(_abi.World, _abi.ErrorsReturn));
    }

    /// <summary>Finalizes MPI. It cannot be initialized again in this process.</summary>
    public void Shutdown() => Check("MPI_Finalize", ((delegate* unmanaged<int>)Function("MPI_Finalize"))());

    /// <summary>Sums the values of all processes, in place.</summary>
    public void Sum(Span<float> values)
    {
        fixed (float* pointer = values)
            Check("MPI_Allreduce", _allreduce(_abi.InPlace, pointer, values.Length, _abi.Float, _abi.Sum, _abi.World));
    }

    /// <summary>Copies the values of one process to all others.</summary>
    public void Broadcast(Span<byte> values, int root)
    {
        fixed (byte* pointer = values)
            Check("MPI_Bcast", _broadcast(pointer, values.Length, _abi.Byte, root, _abi.World));
    }

    /// <summary>Collects one number of each process on all processes, by rank.</summary>
    public void Gather(int value, Span<int> all)
    {
        fixed (int* pointer = all)
        {
            Check("MPI_Allgather", ((delegate* unmanaged<void*, int, nint, void*, int, nint, nint, int>)Function("MPI_Allgather"))(
                &value, sizeof(int), _abi.Byte, pointer, sizeof(int), _abi.Byte, _abi.World));
        }
    }

    /// <summary>Counts the processes that pass true. The call is collective: it waits for all processes.</summary>
    /// <param name="yes">This process's value.</param>
    /// <param name="waiting">
    /// Called repeatedly while the call waits, with the time so far; null to wait inside MPI, which polls without a pause.
    /// </param>
    public int CountYes(bool yes, Action<TimeSpan>? waiting = null)
    {
        var (own, all) = (yes ? 1f : 0f, 0f);
        var status = stackalloc byte[StatusSize];
        nint request = 0;
        Check("MPI_Iallreduce", _beginAllreduce(&own, &all, 1, _abi.Float, _abi.Sum, _abi.World, &request));
        if (waiting is null)
        {
            Check("MPI_Wait", _wait(&request, status));
            return (int)all;
        }

        var test = (delegate* unmanaged<nint*, int*, void*, int>)Function("MPI_Test");
        var watch = Stopwatch.StartNew();
        while (true)
        {
            int done;
            Check("MPI_Test", test(&request, &done, status));
            if (done != 0)
                return (int)all;
            waiting(watch.Elapsed);
        }
    }

    /// <summary>Ends all processes. It does not return.</summary>
    public void Abort(int code) => ((delegate* unmanaged<nint, int, int>)Function("MPI_Abort"))(_abi.World, code);

    private int CallForNumber(string function)
    {
        int number;
        Check(function, ((delegate* unmanaged<nint, int*, int>)Function(function))(_abi.World, &number));
        return number;
    }

    private nint Function(string name) => NativeLibrary.GetExport(_library, name);

    private void Check(string function, int code)
    {
        if (code == 0)
            return;
        var text = stackalloc byte[_abi.MaxErrorString];
        var length = 0;
        var message = ((delegate* unmanaged<int, byte*, int*, int>)Function("MPI_Error_string"))(code, text, &length) == 0
            ? Encoding.UTF8.GetString(text, length)
            : "it says no more";
        throw new InvalidOperationException($"{function} of {Name} failed with code {code}: {message}.");
    }
}
