using System.Buffers.Binary;

namespace MlNetNtd.Build;

/// <summary>A version that a file needs of another (an entry Elf64_Vernaux).</summary>
/// <param name="FlagsOffset">Where in the file its flags stand.</param>
/// <param name="VersionIndex">The number by which the file's symbols refer to it.</param>
internal readonly record struct VersionNeed(int FlagsOffset, ushort VersionIndex)
{
    public void AddFlag(Span<byte> file, ushort flag)
    {
        var flags = file[FlagsOffset..];
        BinaryPrimitives.WriteUInt16LittleEndian(flags, (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(flags) | flag));
    }
}
