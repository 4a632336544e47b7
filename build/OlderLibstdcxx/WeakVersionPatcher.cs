namespace MlNetNtd.Build;

/// <summary>
/// Makes the requirement of GCC 13's libstdc++ in a native library weak. Libraries compiled by GCC 13 or later require a marker symbol
/// that says that libstdc++ initializes the standard streams. Nothing in such a file refers to the symbol, but the loader rejects the
/// file if the symbol's version is missing, unless the requirement has the flag VER_FLG_WEAK (System V ABI, symbol versioning,
/// vna_flags).
/// </summary>
internal static class WeakVersionPatcher
{
    public const string Symbol = "_ZSt21ios_base_library_initv";
    public const string Version = "GLIBCXX_3.4.32";

    private const ushort WeakFlag = 0x2;

    /// <summary>Sets the flag on the requirement of the marker's version.</summary>
    /// <param name="library">A 64-bit little-endian ELF file. The method changes one flag in it.</param>
    /// <returns>Whether the file has that requirement.</returns>
    /// <exception cref="InvalidDataException">It is not such a file, or it uses other symbols of that version.</exception>
    public static bool MakeOptional(byte[] library)
    {
        var file = new ElfFile(library);
        if (file.FindNeed(Version) is not { } need)
            return false;

        foreach (var (index, name) in file.GetSymbols(need.VersionIndex))
        {
            if (name != Symbol || file.IsRelocated(index))
                throw new InvalidDataException($"it uses '{name}' of {Version}: it does not run on an older libstdc++.");
        }

        need.AddFlag(library, WeakFlag);
        return true;
    }
}
