using System.Runtime.InteropServices;

namespace MlNetNtd;

/// <summary>A constant tensor of an ONNX model.</summary>
/// <param name="Name">The name.</param>
/// <param name="Type">The type of the values.</param>
/// <param name="Values">The values, row-major: an array of 32-bit floats or of 64-bit integers.</param>
/// <param name="Sizes">The dimensions.</param>
internal sealed record OnnxInitializer(string Name, OnnxType Type, Array Values, long[] Sizes)
{
    /// <summary>Gets the values as bytes, little-endian.</summary>
    public ReadOnlySpan<byte> Bytes => Values is float[] floats ? MemoryMarshal.AsBytes<float>(floats) : MemoryMarshal.AsBytes<long>((long[])Values);

    /// <summary>Creates the tensor's message.</summary>
    /// <param name="external">The file that holds the values of large tensors; null for none.</param>
    public ProtobufMessage CreateMessage(OnnxExternalData? external)
    {
        var message = new ProtobufMessage();
        foreach (var size in Sizes)
            message.Add(1, size);                                                   // TensorProto.dims
        message.Add(2, (long)Type).Add(8, Name);                                    // TensorProto.data_type, name
        if (external?.Find(this) is { } place)
        {
            foreach (var (key, value) in new[] { ("location", external.Location), ("offset", $"{place.Offset}"), ("length", $"{place.Length}") })
                message.Add(13, new ProtobufMessage().Add(1, key).Add(2, value));   // TensorProto.external_data: key, value
            return message.Add(14, 1);                                              // TensorProto.data_location: EXTERNAL
        }

        return Values is float[] floats ? message.AddBytes(9, floats) : message.AddBytes(9, (long[])Values); // TensorProto.raw_data
    }
}
