using System.Collections;
using System.Text.Json.Serialization.Metadata;

namespace MlNetNtd;

/// <summary>What only a state's values say: that there is more behind a member than its type has, which JSON would pass over.</summary>
internal static class StateValues
{
    private static readonly string[] ComparerNames = ["Comparer", "KeyComparer"];

    /// <summary>Has each object and collection looked at before it is written.</summary>
    public static void Watch(JsonTypeInfo contract)
    {
        if (contract.Kind == JsonTypeInfoKind.None || (contract.Kind == JsonTypeInfoKind.Object && contract.Type.IsValueType))
            return;
        var own = contract.OnSerializing;
        contract.OnSerializing = value =>
        {
            if (FindProblem(contract, value) is { } problem)
                throw new StateException(problem);
            own?.Invoke(value);
        };
    }

    private static string? FindProblem(JsonTypeInfo contract, object value)
    {
        var (declared, found) = (contract.Type, value.GetType());
        if (!declared.IsInterface && !declared.IsArray && found != declared)
        {
            return $"expected a {StateContract.Name(declared)}, found a {StateContract.Name(found)}, whose own members would not be written: declare the type "
                + "itself, or name it on the other by [JsonDerivedType(typeof(...), \"a name\")]";
        }

        return contract.Kind != JsonTypeInfoKind.Object && value is IEnumerable && Comparer(value) is { } comparer
            ? $"a {StateContract.Name(found)} compares by {StateContract.Name(comparer.GetType())}, and would come back with the default comparer: keep its items in a list or "
                + "a dictionary of the default comparer"
            : null;
    }

    // One that is not the default of what it compares.
    private static object? Comparer(object collection)
    {
        foreach (var name in ComparerNames)
        {
            if (collection.GetType().GetProperty(name) is not { } property || property.GetIndexParameters().Length > 0 || property.GetValue(collection) is not { } comparer)
                continue;
            // Strings are compared by their characters, whichever of the two says so.
            if (ReferenceEquals(comparer, StringComparer.Ordinal) && property.PropertyType.Name.StartsWith("IEqualityComparer", StringComparison.Ordinal))
                continue;
            var defaults = (property.PropertyType.Name.StartsWith("IEqualityComparer", StringComparison.Ordinal) ? typeof(EqualityComparer<>) : typeof(Comparer<>))
                .MakeGenericType(property.PropertyType.GetGenericArguments());
            if (!comparer.Equals(defaults.GetProperty("Default")!.GetValue(null)))
                return comparer;
        }

        return null;
    }
}

/// <summary>What of a state would not come back.</summary>
internal sealed class StateException(string problem) : Exception(problem);
