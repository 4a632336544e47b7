using System.Runtime.InteropServices;

namespace MlNetNtd.Build;

/// <summary>The C++ library of the system, asked as the loader asks it.</summary>
internal static partial class SystemLibstdcxx
{
    private const string Name = "libstdc++.so.6";

    /// <summary>Whether it has a symbol in a version.</summary>
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
            // Before glibc 2.34 it is there.
            return DlvsymInLibdl(library, symbol, version) != 0;
        }
    }

    [LibraryImport("libc.so.6", EntryPoint = "dlvsym", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint DlvsymInLibc(nint library, string symbol, string version);

    [LibraryImport("libdl.so.2", EntryPoint = "dlvsym", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint DlvsymInLibdl(nint library, string symbol, string version);
}
