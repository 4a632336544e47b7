using Microsoft.ML.Data;

namespace MlNetNtd;

/// <summary>Copies values from a <see cref="VBuffer{T}"/>, which may be sparse.</summary>
internal static class VBufferExtensions
{
    /// <summary>Fills the destination with the first values of a vector, which must be at least as long.</summary>
    public static void CopyPrefixTo<T>(this in VBuffer<T> source, Span<T> destination)
    {
        var values = source.GetValues();
        if (source.IsDense)
        {
            values[..destination.Length].CopyTo(destination);
            return;
        }

        destination.Clear();
        var indices = source.GetIndices();
        for (var i = 0; i < indices.Length && indices[i] < destination.Length; i++)
            destination[indices[i]] = values[i];
    }
}
