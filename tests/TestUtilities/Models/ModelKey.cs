using System.Buffers.Binary;
using System.Text;

namespace MlNetNtd.Tests;

/// <summary>
/// A Model.key file of ML.NET taken apart and reassembled around a change. It has a header of 256 bytes, the bytes of the model, a table
/// of strings, the name of the assembly that loads it, and an end mark.
/// </summary>
internal sealed class ModelKey
{
    private const int HeaderSize = 256;
    private const ulong Tail = 0x4D4C004D4F44454C;

    private readonly byte[] _header;

    public ModelKey(byte[] file)
    {
        _header = file[..HeaderSize];
        Block = Part(file, at: 0x10);
        var ends = Part(file, at: 0x20);
        var characters = Encoding.Unicode.GetString(Part(file, at: 0x30));
        var start = 0;
        for (var i = 0; i < ends.Length; i += sizeof(long))
        {
            var end = (int)BinaryPrimitives.ReadInt64LittleEndian(ends.AsSpan(i)) / sizeof(char);
            Strings.Add(characters[start..end]);
            start = end;
        }

        var assembly = (int)ReadInt64(0x90);
        AssemblyName = Encoding.Unicode.GetString(file.AsSpan(assembly, BinaryPrimitives.ReadInt32LittleEndian(_header.AsSpan(0x98))));
    }

    /// <summary>The model's own bytes.</summary>
    public byte[] Block { get; set; }

    /// <summary>The strings that the model's own bytes refer to by number.</summary>
    public List<string> Strings { get; } = [];

    /// <summary>The full name of the assembly that can load the model.</summary>
    public string AssemblyName { get; set; }

    /// <summary>What the model is, in 8 characters.</summary>
    public string ModelSignature
    {
        get => Ascii(0x40, 8);
        set => Encoding.ASCII.GetBytes(value, _header.AsSpan(0x40, 8));
    }

    /// <summary>The version that wrote the model.</summary>
    public uint VersionWritten
    {
        get => BinaryPrimitives.ReadUInt32LittleEndian(_header.AsSpan(0x48));
        set => BinaryPrimitives.WriteUInt32LittleEndian(_header.AsSpan(0x48), value);
    }

    /// <summary>The oldest version that can read the model.</summary>
    public uint VersionReadable
    {
        get => BinaryPrimitives.ReadUInt32LittleEndian(_header.AsSpan(0x4C));
        set => BinaryPrimitives.WriteUInt32LittleEndian(_header.AsSpan(0x4C), value);
    }

    /// <summary>By what its loader is found, in at most 24 characters.</summary>
    public string LoaderSignature
    {
        get => Ascii(0x50, 24);
        set
        {
            _header.AsSpan(0x50, 24).Clear();
            Encoding.ASCII.GetBytes(value, _header.AsSpan(0x50, 24));
        }
    }

    /// <summary>Overwrites a 32-bit integer of the model's own bytes.</summary>
    public void SetInt32(int offset, int value) => BinaryPrimitives.WriteInt32LittleEndian(Block.AsSpan(offset), value);

    /// <summary>A 32-bit integer of the model's own bytes.</summary>
    public int GetInt32(int offset) => BinaryPrimitives.ReadInt32LittleEndian(Block.AsSpan(offset));

    /// <summary>The whole file, with a header that fits what is in it.</summary>
    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(new byte[HeaderSize]);
        Write(0x10, Block);

        using var ends = new MemoryStream();
        using var endWriter = new BinaryWriter(ends);
        var end = 0L;
        foreach (var text in Strings)
            endWriter.Write(end += text.Length * sizeof(char));
        Write(0x20, ends.ToArray());
        Write(0x30, Encoding.Unicode.GetBytes(string.Concat(Strings)));

        WriteInt64(0x90, stream.Position);
        var assembly = Encoding.Unicode.GetBytes(AssemblyName);
        BinaryPrimitives.WriteInt32LittleEndian(_header.AsSpan(0x98), assembly.Length);
        writer.Write(assembly);

        WriteInt64(0x80, stream.Position);
        writer.Write(Tail);
        WriteInt64(0x88, stream.Position);
        stream.Position = 0;
        writer.Write(_header);
        return stream.ToArray();

        void Write(int at, byte[] part)
        {
            // A part that is empty has no place, but for the model's own bytes.
            WriteInt64(at, part.Length == 0 && at != 0x10 ? 0 : stream.Position);
            WriteInt64(at + sizeof(long), part.Length);
            writer.Write(part);
        }
    }

    private byte[] Part(byte[] file, int at) => file.AsSpan((int)ReadInt64(at), (int)ReadInt64(at + sizeof(long))).ToArray();

    private long ReadInt64(int at) => BinaryPrimitives.ReadInt64LittleEndian(_header.AsSpan(at));

    private void WriteInt64(int at, long value) => BinaryPrimitives.WriteInt64LittleEndian(_header.AsSpan(at), value);

    private string Ascii(int at, int count) => Encoding.ASCII.GetString(_header.AsSpan(at, count)).TrimEnd('\0');
}
