using System.Buffers.Binary;

namespace MlNetNtd;

/// <summary>Serializes a state to bytes for other processes, in the form that <see cref="StateHead"/> describes.</summary>
internal static class StateSerializer
{
    /// <summary>Serializes a state of any type that a checkpoint can hold.</summary>
    /// <exception cref="InvalidOperationException">The state does not fit one array of bytes.</exception>
    public static byte[] Write<TState>(TState state)
    {
        var (head, arrays) = StateHead.Write(state);
        var length = sizeof(int) + head.Length + arrays.Sum(array => (long)array.Length * sizeof(float));
        if (length > Array.MaxLength)
            throw new InvalidOperationException($"A message between processes: expected at most {Array.MaxLength} bytes, found {length}.");
        var bytes = new byte[length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, head.Length);
        head.CopyTo(bytes, sizeof(int));
        var offset = sizeof(int) + head.Length;
        foreach (var array in arrays)
        {
            FloatBlocks.ForEach(array, block =>
            {
                block.CopyTo(bytes.AsSpan(offset));
                offset += block.Length;
            });
        }

        return bytes;
    }

    /// <summary>Deserializes the result of <see cref="Write"/>.</summary>
    public static TState Read<TState>(byte[] bytes)
    {
        var headLength = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        var offset = sizeof(int) + headLength;
        var head = StateHead.Read(bytes.AsSpan(sizeof(int), headLength), bytes.Length - offset);
        var arrays = head.AllocateArrays();
        foreach (var array in arrays)
        {
            FloatBlocks.ForEach(array, block =>
            {
                bytes.AsSpan(offset, block.Length).CopyTo(block);
                offset += block.Length;
            });
        }

        return head.ReadState<TState>(arrays)!;
    }
}
