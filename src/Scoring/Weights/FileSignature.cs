namespace MlNetNtd;

/// <summary>Recognizes files of other formats that users pass as weight files, by their first bytes.</summary>
internal static class FileSignature
{
    private const int BytesNeeded = 32;

    private static readonly (byte[] Start, string Name)[] Kinds =
    [
        ([.. "version https://git-lfs"u8], "a pointer of Git LFS: fetch the file itself, by 'git lfs pull'"),
        ([.. "PK\u0003\u0004"u8], "a zip archive, as PyTorch's torch.save writes it: save the tensors by safetensors.torch.save_file"),
        ([0x80, 0x02], "a pickle, as PyTorch's torch.save wrote it: save the tensors by safetensors.torch.save_file"),
        ([.. "GGUF"u8], "a GGUF file"),
        ([.. "<"u8], "HTML or XML, as a download of a page is"),
        ([.. "{"u8], "JSON, as an index of shards is (model.safetensors.index.json): read the files that it names"),
    ];

    /// <summary>Describes the format of a stream's content; null if it is not one of the known ones.</summary>
    /// <param name="stream">The stream, read from its current position.</param>
    public static string? Recognize(Stream stream)
    {
        Span<byte> start = stackalloc byte[BytesNeeded];
        start = start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        foreach (var (bytes, name) in Kinds)
        {
            if (start.StartsWith(bytes))
                return name;
        }

        return null;
    }
}
