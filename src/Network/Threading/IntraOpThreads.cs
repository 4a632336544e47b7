using System.Diagnostics;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>
/// Sets the number of threads over which libtorch spreads an operation (intra-op threads), for the calling thread only.
/// </summary>
/// <remarks>
/// <para>
/// <c>torch.set_num_threads</c> cannot do this: it also sets the number that every other thread takes over permanently at its first
/// operation (ATen/ParallelOpenMP.cpp). The calling thread's number is an internal control variable of OpenMP, so this class sets
/// it with <c>omp_set_num_threads</c> of the OpenMP library that libtorch calls, and sets MKL's number for this thread for matrix
/// products. Nothing changes for the rest of the process.
/// </para>
/// <para>
/// A thread of its own tests once whether libtorch follows the setting. If it does not (another build of libtorch, or an OpenMP
/// library that is not found), the numbers stay unchanged and this library does not divide work among threads.
/// </para>
/// </remarks>
internal sealed unsafe class IntraOpThreads
{
    private static readonly Lazy<IntraOpThreads?> Found = new(() => Find(Libraries()));

    private readonly delegate* unmanaged<int, void> _setOpenMp;
    // Takes 0 for "the same as OpenMP", and returns the previous number. Null if libtorch has no MKL or does not export the
    // function.
    private readonly delegate* unmanaged<int, int> _setMkl;

    private IntraOpThreads(nint setOpenMp, nint setMkl)
    {
        _setOpenMp = (delegate* unmanaged<int, void>)setOpenMp;
        _setMkl = (delegate* unmanaged<int, int>)setMkl;
    }

    /// <summary>
    /// Gets the number of threads that the calling thread may divide work among: libtorch's number there; 1 if it cannot be set.
    /// </summary>
    public static int DivisibleThreads => Found.Value is null ? 1 : get_num_threads();

    /// <summary>Sets the calling thread's number until the returned value is disposed, on the same thread.</summary>
    /// <param name="threads">The number of threads, at least 1.</param>
    public static Change Use(int threads) => new(Found.Value, threads);

    /// <summary>Finds the OpenMP library that libtorch uses.</summary>
    /// <param name="libraries">Library handles. The loader also searches their dependencies, except on Windows.</param>
    /// <returns>Null if none of the libraries is the one.</returns>
    internal static IntraOpThreads? Find(IEnumerable<nint> libraries)
    {
        foreach (var library in libraries)
        {
            if (!NativeLibrary.TryGetExport(library, "omp_set_num_threads", out var setOpenMp))
                continue;
            // This name takes its argument by value; the lowercase name is Fortran's and takes it by reference.
            var setMkl = NativeLibrary.TryGetExport(library, "MKL_Set_Num_Threads_Local", out var mkl) ? mkl : 0;
            var found = new IntraOpThreads(setOpenMp, setMkl);
            if (found.IsEffective())
                return found;
        }

        return null;
    }

    // libtorch calls the library that the program preloads, then the one it was linked to. On Windows every module is searched.
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
        var isFollowed = false;
        var thread = new Thread(() =>
        {
            var before = get_num_threads();
            // Stays below any limit that the environment may set.
            var requested = before > 1 ? before - 1 : 2;
            _setOpenMp(requested);
            isFollowed = get_num_threads() == requested;
        });
        thread.Start();
        thread.Join();
        return isFollowed;
    }

    /// <summary>Restores the thread's previous numbers when disposed.</summary>
    public readonly ref struct Change : IDisposable
    {
        private readonly IntraOpThreads? _setter;
        private readonly int _before;
        private readonly int _mklBefore;

        internal Change(IntraOpThreads? setter, int threads)
        {
            if (setter is null)
                return;
            // Read first: a thread's first operation sets its number to the process's, which must not happen after ours is set.
            (_setter, _before) = (setter, get_num_threads());
            setter._setOpenMp(threads);
            if (setter._setMkl != null)
                _mklBefore = setter._setMkl(threads);
        }

        public void Dispose()
        {
            if (_setter is null)
                return;
            _setter._setOpenMp(_before);
            if (_setter._setMkl != null)
                _ = _setter._setMkl(_mklBefore);
        }
    }
}
