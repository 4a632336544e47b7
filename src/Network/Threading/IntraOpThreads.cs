using System.Diagnostics;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>Sets how many threads libtorch spreads an operation over (intra-op threads), for the calling thread alone.</summary>
/// <remarks>
/// <para>
/// <c>torch.set_num_threads</c> cannot do that: it sets the calling thread's number and also the number that every thread takes
/// over for good at its first operation (ATen/ParallelOpenMP.cpp), whoever that thread belongs to. The calling thread's number is
/// an internal control variable of OpenMP, so it is set where it lives: by <c>omp_set_num_threads</c> of the OpenMP library that
/// libtorch itself calls, and for matrix products by MKL's number of this thread. Nothing of the process changes.
/// </para>
/// <para>
/// Whether libtorch heeds it is tried once, on a thread of its own. Where it does not (another build of libtorch, an OpenMP
/// library that is not found), numbers stay as they are and no work is divided among threads of ours.
/// </para>
/// </remarks>
internal sealed unsafe class IntraOpThreads
{
    private static readonly Lazy<IntraOpThreads?> Found = new(() => Find(Libraries()));

    private readonly delegate* unmanaged<int, void> _setOpenMp;
    // Takes 0 for "as OpenMP has it", and gives back what there was. Null where libtorch has no MKL or does not export it.
    private readonly delegate* unmanaged<int, int> _setMkl;

    private IntraOpThreads(nint setOpenMp, nint setMkl)
    {
        _setOpenMp = (delegate* unmanaged<int, void>)setOpenMp;
        _setMkl = (delegate* unmanaged<int, int>)setMkl;
    }

    /// <summary>How many threads of ours work may be divided among on the calling thread: as many as libtorch has there; 1 where their numbers cannot be set.</summary>
    public static int DivisibleThreads => Found.Value is null ? 1 : get_num_threads();

    /// <summary>Gives the calling thread this number until what is returned is disposed, on the same thread.</summary>
    /// <param name="threads">At least 1.</param>
    public static Change Use(int threads) => new(Found.Value, threads);

    /// <summary>Looks for a library whose OpenMP is libtorch's.</summary>
    /// <param name="libraries">Handles; a system's loader looks in what they depend on too, but for Windows'.</param>
    /// <returns>Null: none is.</returns>
    internal static IntraOpThreads? Find(IEnumerable<nint> libraries)
    {
        foreach (var library in libraries)
        {
            if (!NativeLibrary.TryGetExport(library, "omp_set_num_threads", out var setOpenMp))
                continue;
            // By this name it takes its number by value; in small letters it is Fortran's, by reference.
            var setMkl = NativeLibrary.TryGetExport(library, "MKL_Set_Num_Threads_Local", out var mkl) ? mkl : 0;
            var found = new IntraOpThreads(setOpenMp, setMkl);
            if (found.IsEffective())
                return found;
        }

        return null;
    }

    // Whatever a program puts before all others is what libtorch calls, then what it was linked to. Windows' loader is asked for each.
    private static IEnumerable<nint> Libraries()
    {
        yield return NativeLibrary.GetMainProgramHandle();
        if (NativeLibrary.TryLoad("LibTorchSharp", typeof(torch).Assembly, searchPath: null, out var library))
            yield return library;
        if (!OperatingSystem.IsWindows())
            yield break;
        using var process = Process.GetCurrentProcess();
        foreach (ProcessModule module in process.Modules)
            yield return module.BaseAddress;
    }

    private bool IsEffective()
    {
        var heeded = false;
        var thread = new Thread(() =>
        {
            var before = get_num_threads();
            // Never above a limit that the environment may set.
            var other = before > 1 ? before - 1 : 2;
            _setOpenMp(other);
            heeded = get_num_threads() == other;
        });
        thread.Start();
        thread.Join();
        return heeded;
    }

    /// <summary>A number of threads in use; disposing gives the thread its earlier one.</summary>
    public readonly ref struct Change : IDisposable
    {
        private readonly IntraOpThreads? _way;
        private readonly int _before;
        private readonly int _mklBefore;

        internal Change(IntraOpThreads? way, int threads)
        {
            if (way is null)
                return;
            // Asked first: a thread's first operation sets its number to the process's, which is to come before ours.
            (_way, _before) = (way, get_num_threads());
            way._setOpenMp(threads);
            if (way._setMkl != null)
                _mklBefore = way._setMkl(threads);
        }

        public void Dispose()
        {
            if (_way is null)
                return;
            _way._setOpenMp(_before);
            if (_way._setMkl != null)
                _ = _way._setMkl(_mklBefore);
        }
    }
}
