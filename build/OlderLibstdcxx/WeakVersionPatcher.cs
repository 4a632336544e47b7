namespace MlNetNtd.Build;

/// <summary>
/// What a library compiled by GCC 13 or later asks of libstdc++ without using it: a symbol whose presence says that the
/// library initializes the standard streams. Nothing in such a file refers to the symbol, but the loader refuses the file
/// where the symbol's version is missing, unless the requirement carries the flag VER_FLG_WEAK (System V ABI, symbol
/// versioning, vna_flags).
/// </summary>
internal static class Marker
{
    public const string Symbol = "_ZSt21ios_base_library_initv";
    public const string Version = "GLIBCXX_3.4.32";

    private const ushort WeakFlag = 0x2;

    /// <summary>Sets the flag on the requirement of the marker's version.</summary>
    /// <param name="library">An ELF file, 64 bits, little-endian; one flag of it is changed.</param>
    /// <returns>Whether the file has that requirement.</returns>
    /// <exception cref="InvalidDataException">It is no such file, or it needs more of that version than the marker.</exception>
    public static bool MakeOptional(byte[] library)
    {
        var file = new ElfFile(library);
        if (file.FindNeed(Version) is not { } need)
            return false;

        foreach (var (index, name) in file.SymbolsOf(need.VersionIndex))
        {
            if (name != Symbol || file.IsRelocated(index))
                throw new InvalidDataException($"it uses '{name}' of {Version}: it does not run on an older libstdc++.");
        }

        need.AddFlag(library, WeakFlag);
        return true;
    }
}
