using System.Reflection;

namespace Microsoft.ML.Data;

/// <summary>Calls a generic method with a type that is known only at run time.</summary>
internal static class Generic
{
    public static TResult Call<TResult>(Type typeArgument, Type owner, string method, params object[] arguments)
        => (TResult)owner.GetMethod(method, BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            .MakeGenericMethod(typeArgument)
            .Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null);
}
