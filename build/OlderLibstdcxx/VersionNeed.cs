using System.Buffers.Binary;

namespace MlNetNtd.Build;

/// <summary>A version that a file requires of another file (an Elf64_Vernaux entry).</summary>
/// <param name="FlagsOffset">The position of its flags in the file.</param>
/// <param name="VersionIndex">The index by which the file's symbols refer to it.</param>
internal readonly record struct VersionNeed(int FlagsOffset, ushort VersionIndex)
{
    public void AddFlag(Span<byte> file, ushort flag)
    {
        var flags = file[FlagsOffset..];
        BinaryPrimitives.WriteUInt16LittleEndian(flags, (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(flags) | flag));
    }
}
