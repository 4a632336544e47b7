using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace MlNetNtd;

/// <summary>The functions of an MPI library, whichever it is.</summary>
internal sealed unsafe class MpiLibrary
{
    /// <summary>The environment variable that names a library to take in place of those that are looked for.</summary>
    public const string Variable = "MLNETNTD_MPI";

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
        _abi = OpenMpiAbi.IsThatOf(library) ? new OpenMpiAbi(library) : new MpichAbi();
        _broadcast = (delegate* unmanaged<void*, int, nint, nint, nint, int>)Function("MPI_Bcast");
        _allreduce = (delegate* unmanaged<nint, void*, int, nint, nint, nint, int>)Function("MPI_Allreduce");
        _beginAllreduce = (delegate* unmanaged<void*, void*, int, nint, nint, nint, nint*, int>)Function("MPI_Iallreduce");
        _wait = (delegate* unmanaged<nint*, void*, int>)Function("MPI_Wait");
    }

    /// <summary>Its file's name.</summary>
    public string Name { get; }

    /// <summary>Whether something has begun to use it, and whether it is over.</summary>
    public (bool Begun, bool Over) State
    {
        get
        {
            int begun, over;
            Check("MPI_Initialized", ((delegate* unmanaged<int*, int>)Function("MPI_Initialized"))(&begun));
            Check("MPI_Finalized", ((delegate* unmanaged<int*, int>)Function("MPI_Finalized"))(&over));
            return (begun != 0, over != 0);
        }
    }

    /// <summary>This process's rank.</summary>
    public int Rank => Number("MPI_Comm_rank");

    /// <summary>How many processes there are.</summary>
    public int Count => Number("MPI_Comm_size");

    /// <summary>Loads the library that fits what started this process, or the one there is.</summary>
    /// <param name="environment">The value of a variable; null: it has none.</param>
    /// <exception cref="DllNotFoundException">There is none; the message says what to install.</exception>
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

    /// <summary>Begins to use MPI, from one thread at a time; from now on what fails is reported here.</summary>
    public void Begin()
    {
        int provided;
        Check("MPI_Init_thread", ((delegate* unmanaged<void*, void*, int, int*, int>)Function("MPI_Init_thread"))(null, null, Serialized, &provided));
        if (provided < Serialized)
            throw new InvalidOperationException($"{Name} was built without threads: expected at least MPI_THREAD_SERIALIZED ({Serialized}), found {provided}.");
        Check(
            "MPI_Comm_set_errhandler",
            ((delegate* unmanaged<nint, nint, int>)Function("MPI_Comm_set_errhandler"))(_abi.World, _abi.ErrorsReturn));
    }

    /// <summary>Stops using MPI: for good, in this process.</summary>
    public void End() => Check("MPI_Finalize", ((delegate* unmanaged<int>)Function("MPI_Finalize"))());

    /// <summary>Adds up what all processes have, in place.</summary>
    public void Sum(Span<float> values)
    {
        fixed (float* place = values)
            Check("MPI_Allreduce", _allreduce(_abi.InPlace, place, values.Length, _abi.Float, _abi.Sum, _abi.World));
    }

    /// <summary>Gives all processes what one has.</summary>
    public void Broadcast(Span<byte> values, int root)
    {
        fixed (byte* place = values)
            Check("MPI_Bcast", _broadcast(place, values.Length, _abi.Byte, root, _abi.World));
    }

    /// <summary>Gives all processes a number that each has, by rank.</summary>
    public void Gather(int mine, Span<int> all)
    {
        fixed (int* place = all)
        {
            Check("MPI_Allgather", ((delegate* unmanaged<void*, int, nint, void*, int, nint, nint, int>)Function("MPI_Allgather"))(
                &mine, sizeof(int), _abi.Byte, place, sizeof(int), _abi.Byte, _abi.World));
        }
    }

    /// <summary>How many of all processes say yes; all are asked, and each waits for the answers of all.</summary>
    /// <param name="yes">What this process says.</param>
    /// <param name="waiting">Called again and again until all have answered, and told for how long; null: it waits as MPI does, without rest.</param>
    public int CountYes(bool yes, Action<TimeSpan>? waiting = null)
    {
        var (mine, all) = (yes ? 1f : 0f, 0f);
        var status = stackalloc byte[StatusSize];
        nint request = 0;
        Check("MPI_Iallreduce", _beginAllreduce(&mine, &all, 1, _abi.Float, _abi.Sum, _abi.World, &request));
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

    /// <summary>Ends all processes. It does not come back.</summary>
    public void Abort(int code) => ((delegate* unmanaged<nint, int, int>)Function("MPI_Abort"))(_abi.World, code);

    private int Number(string function)
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
        var said = ((delegate* unmanaged<int, byte*, int*, int>)Function("MPI_Error_string"))(code, text, &length) == 0
            ? Encoding.UTF8.GetString(text, length)
            : "it says no more";
        throw new InvalidOperationException($"{function} of {Name} failed with code {code}: {said}.");
    }
}
