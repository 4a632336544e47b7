using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>What a component says of its own format: signature, versions, and who loads it.</summary>
internal readonly struct VersionInfo
{
    public readonly ulong ModelSignature;
    public readonly uint VerWrittenCur;
    public readonly uint VerReadableCur;
    public readonly uint VerWeCanReadBack;
    public readonly string LoaderAssemblyName;
    public readonly string LoaderSignature;
    public readonly string LoaderSignatureAlt;

    public VersionInfo(
        string modelSignature,
        uint verWrittenCur,
        uint verReadableCur,
        uint verWeCanReadBack,
        string loaderAssemblyName,
        string loaderSignature = null,
        string loaderSignatureAlt = null)
    {
        Contracts.Check(modelSignature is { Length: 8 }, "Model signature must be eight characters");

        // Spaces are zeros, as is what a shorter signature leaves.
        ModelSignature = PackedText.Pack(modelSignature.Replace(' ', '\0'), 1)[0];
        VerWrittenCur = verWrittenCur;
        VerReadableCur = verReadableCur;
        VerWeCanReadBack = verWeCanReadBack;
        LoaderAssemblyName = loaderAssemblyName;
        LoaderSignature = loaderSignature;
        LoaderSignatureAlt = loaderSignatureAlt;
    }
}

/// <summary>Short texts of one byte a character, packed into words: how model headers hold signatures.</summary>
internal static class PackedText
{
    public static ulong[] Pack(string text, int words)
    {
        text ??= "";
        Contracts.Check(text.Length <= 8 * words);
        var packed = new ulong[words];
        for (int i = 0; i < text.Length; i++)
        {
            Contracts.Check(text[i] <= 0xFF);
            packed[i / 8] |= (ulong)text[i] << (8 * (i % 8));
        }

        return packed;
    }

    public static string Unpack(ReadOnlySpan<ulong> packed)
    {
        var text = new char[8 * packed.Length];
        for (int i = 0; i < text.Length; i++)
            text[i] = (char)((packed[i / 8] >> (8 * (i % 8))) & 0xFF);
        return new string(text).TrimEnd('\0');
    }
}
