using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>Writes ML.NET's vectors, reusing the buffers given, as its own getters do.</summary>
internal static class Vectors
{
    /// <summary>Writes a vector, dense or with the default values left out.</summary>
    public static void Write<T>(ref VBuffer<T> destination, T[] values, bool sparse)
    {
        if (!sparse)
        {
            var dense = VBufferEditor.Create(ref destination, values.Length);
            values.CopyTo(dense.Values);
            destination = dense.Commit();
            return;
        }

        int[] indices = [.. Enumerable.Range(0, values.Length).Where(i => !EqualityComparer<T>.Default.Equals(values[i], default))];
        // A buffer with a place for every value is a dense one, whatever was meant.
        var editor = VBufferEditor.Create(ref destination, values.Length, indices.Length);
        for (var i = 0; i < indices.Length; i++)
        {
            editor.Values[i] = values[indices[i]];
            if (indices.Length < values.Length)
                editor.Indices[i] = indices[i];
        }

        destination = editor.Commit();
    }
}
