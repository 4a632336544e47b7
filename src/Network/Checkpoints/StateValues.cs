using System.Collections;
using System.Text.Json.Serialization.Metadata;

namespace MlNetNtd;

/// <summary>Checks the values of a state for data that its declared types do not have and JSON would omit.</summary>
internal static class StateValues
{
    private static readonly string[] ComparerNames = ["Comparer", "KeyComparer"];

    /// <summary>Checks each object and collection before it is written.</summary>
    public static void CheckOnSerializing(JsonTypeInfo contract)
    {
        if (contract.Kind == JsonTypeInfoKind.None || (contract.Kind == JsonTypeInfoKind.Object && contract.Type.IsValueType))
            return;
        var previous = contract.OnSerializing;
        contract.OnSerializing = value =>
        {
            if (FindProblem(contract, value) is { } problem)
                throw new StateException(problem);
            previous?.Invoke(value);
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

    // Finds a comparer that is not the default for its type.
    private static object? Comparer(object collection)
    {
        foreach (var name in ComparerNames)
        {
            if (collection.GetType().GetProperty(name) is not { } property || property.GetIndexParameters().Length > 0 || property.GetValue(collection) is not { } comparer)
                continue;
            // Both compare strings by their characters.
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

/// <summary>The exception for data that would be lost.</summary>
internal sealed class StateException(string problem) : Exception(problem);
