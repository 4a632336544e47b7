using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>Writes ML.NET's vectors into the given buffers without allocation, as ML.NET's own getters do.</summary>
internal static class Vectors
{
    /// <summary>Writes a vector, dense or with the default values left out.</summary>
    public static void Write<T>(ref VBuffer<T> destination, T[] values, bool sparse)
    {
        var count = sparse ? CountSet(values) : values.Length;
        var editor = VBufferEditor.Create(ref destination, values.Length, count);
        if (count == values.Length)
        {
            // A buffer with a place for every value is a dense one, whatever was meant.
            values.CopyTo(editor.Values);
            destination = editor.Commit();
            return;
        }

        var next = 0;
        for (var i = 0; i < values.Length; i++)
        {
            if (EqualityComparer<T>.Default.Equals(values[i], default!))
                continue;
            editor.Values[next] = values[i];
            editor.Indices[next++] = i;
        }

        destination = editor.Commit();
    }

    private static int CountSet<T>(T[] values)
    {
        var count = 0;
        foreach (var value in values)
            count += EqualityComparer<T>.Default.Equals(value, default!) ? 0 : 1;
        return count;
    }
}
