using System.Runtime.InteropServices;

namespace MlNetNtd;

/// <summary>Loads a system library with global symbols, so that libraries that it loads later can use them.</summary>
/// <remarks>Open MPI loads its components on demand, and they expect its symbols to be global.</remarks>
internal static partial class GlobalLibraryLoader
{
    // RTLD_NOW | RTLD_GLOBAL on Linux.
    private const int NowAndGlobal = 0x2 | 0x100;

    /// <summary>Loads a library.</summary>
    /// <param name="name">A file name or a path.</param>
    /// <param name="library">A handle for <see cref="NativeLibrary"/>.</param>
    /// <returns>False if the library cannot be loaded.</returns>
    public static bool TryLoad(string name, out nint library)
    {
        if (!OperatingSystem.IsLinux())
            return NativeLibrary.TryLoad(name, out library);
        try
        {
            library = DlopenOfLibc(name, NowAndGlobal);
        }
        catch (EntryPointNotFoundException)
        {
            // Before glibc 2.34, dlopen is in libdl.
            library = DlopenOfLibdl(name, NowAndGlobal);
        }

        return library != 0;
    }

    [LibraryImport("libc.so.6", EntryPoint = "dlopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint DlopenOfLibc(string name, int flags);

    [LibraryImport("libdl.so.2", EntryPoint = "dlopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint DlopenOfLibdl(string name, int flags);
}
