using System.Runtime.InteropServices;
using Google.Protobuf;

namespace MlNetNtd;

/// <summary>A protobuf message: its fields, in the order in which they are added. ONNX needs few of them, by their numbers.</summary>
internal sealed class ProtobufMessage
{
    private readonly List<Field> _fields = [];

    private delegate void FieldWriter(CodedOutputStream output, Stream stream);

    private long Size => _fields.Sum(part => part.Size);

    /// <summary>Adds an integer or an enumeration value.</summary>
    public ProtobufMessage Add(int number, long value) => Add(
        number, WireFormat.WireType.Varint, CodedOutputStream.ComputeInt64Size(value), (output, _) => output.WriteInt64(value));

    /// <summary>Adds a 32-bit float.</summary>
    public ProtobufMessage Add(int number, float value) => Add(
        number, WireFormat.WireType.Fixed32, CodedOutputStream.ComputeFloatSize(value), (output, _) => output.WriteFloat(value));

    /// <summary>Adds text.</summary>
    public ProtobufMessage Add(int number, string value) => Add(
        number, WireFormat.WireType.LengthDelimited, CodedOutputStream.ComputeStringSize(value), (output, _) => output.WriteString(value));

    /// <summary>Adds a message. It must not be changed afterwards.</summary>
    public ProtobufMessage Add(int number, ProtobufMessage value)
    {
        var size = value.Size;
        return Add(number, WireFormat.WireType.LengthDelimited, CodedOutputStream.ComputeLengthSize(checked((int)size)) + size, (output, stream) =>
        {
            output.WriteLength((int)size);
            value.WriteTo(output, stream);
        });
    }

    /// <summary>Adds bytes: the values of an array, little-endian. The array is not copied.</summary>
    public ProtobufMessage AddBytes<T>(int number, T[] values)
        where T : unmanaged
    {
        var size = MemoryMarshal.AsBytes<T>(values).Length;
        return Add(number, WireFormat.WireType.LengthDelimited, CodedOutputStream.ComputeLengthSize(size) + (long)size, (output, stream) =>
        {
            output.WriteLength(size);
            output.Flush();
            stream.Write(MemoryMarshal.AsBytes<T>(values));
        });
    }

    /// <summary>Adds the fields of another message.</summary>
    public void Append(ProtobufMessage other) => _fields.AddRange(other._fields);

    /// <summary>Writes the message.</summary>
    public void WriteTo(Stream stream)
    {
        using var output = new CodedOutputStream(stream, leaveOpen: true);
        WriteTo(output, stream);
    }

    private ProtobufMessage Add(int number, WireFormat.WireType type, long size, FieldWriter write)
    {
        var tag = WireFormat.MakeTag(number, type);
        _fields.Add(new Field(tag, CodedOutputStream.ComputeTagSize(number) + size, write));
        return this;
    }

    private void WriteTo(CodedOutputStream output, Stream stream)
    {
        foreach (var field in _fields)
        {
            output.WriteTag(field.Tag);
            field.Write(output, stream);
        }
    }

    private readonly record struct Field(uint Tag, long Size, FieldWriter Write);
}
