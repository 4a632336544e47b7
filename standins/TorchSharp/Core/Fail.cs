using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace TorchSharp.Internal;

/// <summary>Errors in the shape in which the real package reports them.</summary>
internal static class Fail
{
    /// <summary>What libtorch rejects reaches .NET as an <see cref="ExternalException"/>.</summary>
    [DoesNotReturn]
    public static void Native(string message) => throw new ExternalException(message);

    /// <summary>As <see cref="Native"/>, for places that need a value.</summary>
    [DoesNotReturn]
    public static T Native<T>(string message) => throw new ExternalException(message);

    public static string Show(ReadOnlySpan<long> shape) => "[" + string.Join(", ", shape.ToArray()) + "]";
}
