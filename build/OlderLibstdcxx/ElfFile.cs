using System.Buffers.Binary;
using System.Text;

namespace MlNetNtd.Build;

/// <summary>Reads the symbol versions that a shared library requires (elf(5); the Linux Standard Base on symbol versioning).</summary>
internal sealed class ElfFile
{
    private const uint RelocationSection = 4;
    private const uint DynamicSymbolSection = 11;
    private const uint VersionNeedSection = 0x6ffffffe;
    private const uint SymbolVersionSection = 0x6fffffff;
    private const int SymbolSize = 24;
    private const int RelocationSize = 24;

    private readonly byte[] _bytes;
    private readonly Section[] _sections;

    /// <exception cref="InvalidDataException">It is not a 64-bit little-endian ELF file.</exception>
    public ElfFile(byte[] bytes)
    {
        _bytes = bytes;
        if (bytes is not [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, ..])
            throw new InvalidDataException("it is no ELF file of 64 bits, little-endian.");

        var (table, size, count) = (Offset(0x28), UInt16(0x3a), UInt16(0x3c));
        _sections = new Section[count];
        for (var i = 0; i < count; i++)
        {
            var header = table + i * size;
            _sections[i] = new Section(UInt32(header + 4), Offset(header + 0x18), Offset(header + 0x20), (int)UInt32(header + 0x28), (int)UInt32(header + 0x2c));
        }
    }

    /// <summary>Finds the requirement of a version, of any library; null if there is none.</summary>
    public VersionNeed? FindNeed(string version)
    {
        foreach (var section in _sections.Where(section => section.Type == VersionNeedSection))
        {
            var library = section.Start;
            for (var i = 0; i < section.Info; i++, library += (int)UInt32(library + 12))
            {
                var need = library + (int)UInt32(library + 8);
                for (var k = 0; k < UInt16(library + 2); k++, need += (int)UInt32(need + 12))
                {
                    if (Text(section, UInt32(need + 8)) == version)
                        return new VersionNeed(need + 4, UInt16(need + 6));
                }
            }
        }

        return null;
    }

    /// <summary>Gets the symbols that are required in a version, by index and name.</summary>
    public IEnumerable<(int Index, string Name)> GetSymbols(ushort versionIndex)
    {
        var versions = _sections.Single(section => section.Type == SymbolVersionSection);
        var symbols = _sections.Single(section => section.Type == DynamicSymbolSection);
        for (var i = 0; i < versions.Size / sizeof(ushort); i++)
        {
            if (UInt16(versions.Start + i * sizeof(ushort)) == versionIndex)
                yield return (i, Text(symbols, UInt32(symbols.Start + i * SymbolSize)));
        }
    }

    /// <summary>Gets whether the file has a relocation for a symbol, that is, uses its address.</summary>
    public bool IsRelocated(int symbolIndex) => _sections
        .Where(section => section.Type == RelocationSection)
        .Any(section => Enumerable.Range(0, section.Size / RelocationSize)
            // r_info holds the symbol in its upper half.
            .Any(i => UInt32(section.Start + i * RelocationSize + 12) == symbolIndex));

    private string Text(Section section, uint offset)
    {
        var text = _bytes.AsSpan(_sections[section.Link].Start + (int)offset);
        return Encoding.UTF8.GetString(text[..text.IndexOf((byte)0)]);
    }

    private int Offset(int position) => checked((int)BinaryPrimitives.ReadInt64LittleEndian(_bytes.AsSpan(position)));

    private uint UInt32(int position) => BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(position));

    private ushort UInt16(int position) => BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(position));

    /// <param name="Type">The type of its content.</param>
    /// <param name="Start">Its position in the file.</param>
    /// <param name="Size">Its size, in bytes.</param>
    /// <param name="Link">The index of the section that holds its names.</param>
    /// <param name="Info">For required versions, the number of libraries.</param>
    private readonly record struct Section(uint Type, int Start, int Size, int Link, int Info);
}
