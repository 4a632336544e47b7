using System.Runtime.InteropServices;

namespace MlNetNtd;

/// <summary>Loads a library of the system so that what it loads later sees its symbols.</summary>
/// <remarks>Open MPI is made of parts that it loads as they are needed, and that take its symbols for loaded.</remarks>
internal static partial class GlobalLibraryLoader
{
    // RTLD_NOW | RTLD_GLOBAL, as Linux numbers them.
    private const int NowAndForAll = 0x2 | 0x100;

    /// <summary>Loads a library.</summary>
    /// <param name="name">Its file name, or a path.</param>
    /// <param name="library">For <see cref="NativeLibrary"/>.</param>
    /// <returns>False: there is none of that name.</returns>
    public static bool TryLoad(string name, out nint library)
    {
        if (!OperatingSystem.IsLinux())
            return NativeLibrary.TryLoad(name, out library);
        try
        {
            library = InLibc(name, NowAndForAll);
        }
        catch (EntryPointNotFoundException)
        {
            // Before glibc 2.34 it is there.
            library = InLibdl(name, NowAndForAll);
        }

        return library != 0;
    }

    [LibraryImport("libc.so.6", EntryPoint = "dlopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint InLibc(string name, int flags);

    [LibraryImport("libdl.so.2", EntryPoint = "dlopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint InLibdl(string name, int flags);
}
