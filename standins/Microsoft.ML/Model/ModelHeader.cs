using System.Text;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>
/// The frame around a component in a model file, byte for byte the real library's: 256 bytes of header,
/// the component's own block, its string table, the name of the assembly that loads it, and a tail mark.
/// </summary>
internal sealed class ModelHeader
{
    public const int Size = 0x100;

    private const ulong Mark = 0x4C45444F4D004C4D;
    private const ulong TailMark = 0x4D4C004D4F44454C;
    private const uint FirstVersion = 0x00010001;
    private const uint VersionWithAssemblyName = 0x00010002;

    private uint _verWritten = VersionWithAssemblyName;
    private ulong _modelSignature;
    private uint _modelVerWritten;
    private uint _modelVerReadable;
    private ulong[] _loader = new ulong[3];
    private ulong[] _loaderAlt = new ulong[3];
    private long _end;

    public string[] Strings { get; private set; } = [];

    public string LoaderAssemblyName { get; private set; }

    public long ModelLength { get; private set; }

    public bool HasVersionInfo => _modelSignature != 0;

    public string LoaderSignature => PackedText.Unpack(_loader);

    public string LoaderSignatureAlt => PackedText.Unpack(_loaderAlt);

    public void SetVersionInfo(VersionInfo version)
    {
        _modelSignature = version.ModelSignature;
        _modelVerWritten = version.VerWrittenCur;
        _modelVerReadable = version.VerReadableCur;
        _loader = PackedText.Pack(version.LoaderSignature, 3);
        _loaderAlt = PackedText.Pack(version.LoaderSignatureAlt, 3);
        LoaderAssemblyName = version.LoaderAssemblyName;
    }

    public void CheckVersionInfo(VersionInfo version)
    {
        Contracts.CheckDecode(_modelSignature == version.ModelSignature, "Unknown file type");
        Contracts.CheckDecode(_modelVerReadable <= _modelVerWritten, "Corrupt file header");
        if (_modelVerReadable > version.VerWrittenCur)
            throw WrongAge(version, "new", $"Maximum expected version {version.VerWrittenCur}, got {_modelVerReadable}");
        if (_modelVerWritten < version.VerWeCanReadBack)
            throw WrongAge(version, "old", $"Minimum expected version {version.VerWeCanReadBack}, got {_modelVerWritten}");
    }

    /// <summary>Leaves room for the header, which can be written only at the end.</summary>
    public static void Reserve(BinaryWriter writer) => writer.Write(new byte[Size]);

    /// <summary>Writes what follows the component's block, then goes back and writes the header.</summary>
    public void Finish(BinaryWriter writer, IReadOnlyCollection<string> strings)
    {
        long modelEnd = writer.BaseStream.Position;
        long offset = 0;
        foreach (string text in strings)
        {
            offset += 2L * text.Length;
            writer.Write(offset);
        }

        long charsStart = writer.BaseStream.Position;
        foreach (string text in strings)
            writer.Write(Encoding.Unicode.GetBytes(text));

        long assemblyStart = writer.BaseStream.Position;
        writer.Write(Encoding.Unicode.GetBytes(LoaderAssemblyName ?? ""));
        long tail = writer.BaseStream.Position;
        writer.Write(TailMark);
        long end = writer.BaseStream.Position;

        bool anyStrings = strings.Count > 0;
        bool anyAssembly = tail > assemblyStart;
        writer.BaseStream.Position = 0;
        writer.Write(Mark);
        writer.Write(_verWritten);
        writer.Write(VersionWithAssemblyName);
        writer.Write((long)Size);
        writer.Write(modelEnd - Size);
        writer.Write(anyStrings ? modelEnd : 0);
        writer.Write(charsStart - modelEnd);
        writer.Write(anyStrings ? charsStart : 0);
        writer.Write(assemblyStart - charsStart);
        writer.Write(_modelSignature);
        writer.Write(_modelVerWritten);
        writer.Write(_modelVerReadable);
        foreach (ulong word in _loader.Concat(_loaderAlt))
            writer.Write(word);
        writer.Write(tail);
        writer.Write(end);
        writer.Write(anyAssembly ? assemblyStart : 0);
        writer.Write((uint)(tail - assemblyStart));
        writer.BaseStream.Position = end;
    }

    /// <summary>Reads and checks a whole frame, and leaves the reader at the component's block.</summary>
    public static ModelHeader Read(BinaryReader reader)
    {
        Contracts.CheckDecode(reader.BaseStream.Length >= Size);
        var header = new ModelHeader();
        try
        {
            header.ReadFrame(reader);
        }
        catch (Exception failure) when (failure is OverflowException or EndOfStreamException)
        {
            throw Contracts.ExceptDecode("Corrupt file header");
        }

        reader.BaseStream.Position = Size;
        return header;
    }

    /// <summary>Checks that the component has read its block to the end.</summary>
    public void CheckAtEnd(BinaryReader reader)
    {
        Contracts.CheckDecode(reader.BaseStream.Position == Size + ModelLength);
        reader.BaseStream.Position = _end;
    }

    private void ReadFrame(BinaryReader reader)
    {
        Contracts.CheckDecode(reader.ReadUInt64() == Mark, "Wrong file type");
        _verWritten = reader.ReadUInt32();
        uint verReadable = reader.ReadUInt32();
        Contracts.CheckDecode(verReadable <= _verWritten, "Corrupt file header");
        Contracts.CheckDecode(verReadable <= VersionWithAssemblyName, "File is too new");
        Contracts.CheckDecode(_verWritten >= FirstVersion, "File is too old");

        var model = Block.Read(reader);
        var table = Block.Read(reader);
        var chars = Block.Read(reader);
        _modelSignature = reader.ReadUInt64();
        _modelVerWritten = reader.ReadUInt32();
        _modelVerReadable = reader.ReadUInt32();
        for (int i = 0; i < 3; i++)
            _loader[i] = reader.ReadUInt64();
        for (int i = 0; i < 3; i++)
            _loaderAlt[i] = reader.ReadUInt64();
        long tail = reader.ReadInt64();
        _end = reader.ReadInt64();
        var assembly = new Block(reader.ReadInt64(), reader.ReadUInt32());

        // Each block starts where the one before ends, or is not there at all.
        Contracts.CheckDecode(model.Start == Size && model.Length >= 0);
        ModelLength = model.Length;
        long at = model.End;
        at = table.CheckedEnd(at, sizeof(long));
        at = table.Exists ? chars.CheckedEnd(at, sizeof(char), mustExist: true) : chars.CheckedAbsent(at);
        at = _verWritten < VersionWithAssemblyName ? at : assembly.CheckedEnd(at, sizeof(char));
        Contracts.CheckDecode(tail == at && _end == checked(tail + sizeof(ulong)));
        Contracts.CheckDecode(reader.BaseStream.Length >= _end);

        Strings = ReadStrings(reader, table, chars);
        if (_verWritten >= VersionWithAssemblyName && assembly.Exists)
            LoaderAssemblyName = assembly.ReadText(reader);
        reader.BaseStream.Position = tail;
        Contracts.CheckDecode(reader.ReadUInt64() == TailMark, "Corrupt model file tail");
    }

    private static string[] ReadStrings(BinaryReader reader, Block table, Block chars)
    {
        // The whole frame is known to lie within the stream, so that the counts are bounded by its length.
        var strings = new string[table.Length / sizeof(long)];
        reader.BaseStream.Position = table.Start;
        long[] ends = [.. strings.Select(_ => reader.ReadInt64())];
        long start = 0;
        for (int i = 0; i < strings.Length; i++)
        {
            Contracts.CheckDecode(start <= ends[i] && ends[i] <= chars.Length && ends[i] % sizeof(char) == 0);
            strings[i] = new Block(chars.Start + start, ends[i] - start).ReadText(reader);
            start = ends[i];
        }

        Contracts.CheckDecode(start == chars.Length);
        return strings;
    }

    private static Exception WrongAge(VersionInfo version, string age, string details)
        => Contracts.ExceptDecode($"Cause: ML.NET cannot read component '{version.LoaderSignature}' of the model, "
            + $"because the model is too {age}.\nDebug details: {details}.");

    private readonly record struct Block(long Start, long Length)
    {
        public bool Exists => Start != 0;

        public long End => checked(Start + Length);

        public static Block Read(BinaryReader reader) => new(reader.ReadInt64(), reader.ReadInt64());

        public long CheckedEnd(long expectedStart, int itemSize, bool mustExist = false)
        {
            if (!Exists && !mustExist)
                return CheckedAbsent(expectedStart);
            Contracts.CheckDecode(Start == expectedStart && Length >= 0 && Length % itemSize == 0);
            return End;
        }

        public long CheckedAbsent(long end)
        {
            Contracts.CheckDecode(Start == 0 && Length == 0);
            return end;
        }

        public string ReadText(BinaryReader reader)
        {
            reader.BaseStream.Position = Start;
            return Encoding.Unicode.GetString(reader.ReadBytes(checked((int)Length)));
        }
    }
}
