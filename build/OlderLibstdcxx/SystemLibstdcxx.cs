using System.Runtime.InteropServices;

namespace MlNetNtd.Build;

/// <summary>Looks up symbols in the system's C++ library, as the loader does.</summary>
internal static partial class SystemLibstdcxx
{
    private const string Name = "libstdc++.so.6";

    /// <summary>Gets whether the library has a symbol in a version.</summary>
    public static bool Has(string symbol, string version)
    {
        if (!NativeLibrary.TryLoad(Name, out var library))
            return false;
        try
        {
            return DlvsymInLibc(library, symbol, version) != 0;
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
            // Before glibc 2.34, dlvsym is in libdl.
            return DlvsymInLibdl(library, symbol, version) != 0;
        }
    }

    [LibraryImport("libc.so.6", EntryPoint = "dlvsym", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint DlvsymInLibc(nint library, string symbol, string version);

    [LibraryImport("libdl.so.2", EntryPoint = "dlvsym", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint DlvsymInLibdl(nint library, string symbol, string version);
}
