namespace Microsoft.ML.Data;

/// <summary>Copies a value so that the copy shares nothing with the original.</summary>
internal delegate void Copier<TValue>(in TValue source, ref TValue destination);

internal static class Copiers
{
    public static Copier<TValue> For<TValue>()
    {
        Type type = typeof(TValue);
        return type.IsGenericType && type.GetGenericTypeDefinition() == typeof(VBuffer<>)
            ? Generic.Call<Copier<TValue>>(type.GetGenericArguments()[0], typeof(Copiers), nameof(ForVector))
            : (in source, ref destination) => destination = source;
    }

    private static Copier<VBuffer<TItem>> ForVector<TItem>()
        => (in source, ref destination) => source.CopyTo(ref destination);
}
