using System.Reflection;

namespace MlNetNtd.Conformance.Tests;

/// <summary>Types as text that is the same for a type of the stand-in and its counterpart in the real assemblies.</summary>
internal static class TypeText
{
    /// <summary>A type as it stands in a signature: full names, generic parameters by position.</summary>
    public static string Of(Type type)
    {
        if (type.IsByRef)
            return Of(type.GetElementType()!) + "&";
        if (type.IsArray)
            return $"{Of(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        if (type.IsPointer)
            return Of(type.GetElementType()!) + "*";
        if (type.IsGenericParameter)
            return (type.DeclaringMethod is null ? "!" : "!!") + type.GenericParameterPosition;

        var name = Name(type);
        return type.IsGenericType ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(Of))}>" : name;
    }

    /// <summary>A type's name without its arguments.</summary>
    public static string Name(Type type) =>
        type.DeclaringType is { } outer ? $"{Name(outer)}+{type.Name}" : $"{type.Namespace}.{type.Name}";

    /// <summary>What a generic type or method asks of its parameters, and their variance.</summary>
    public static string Constraints(Type[] parameters) => string.Join("; ", parameters.Select((parameter, position) =>
    {
        var attributes = parameter.GenericParameterAttributes;
        var types = parameter.GetGenericParameterConstraints().Select(Of).Order(StringComparer.Ordinal);
        return $"{position}: {string.Join(", ", types.Prepend($"{attributes}"))}";
    }));

    /// <summary>
    /// A type with what only attributes tell of it: names of tuple elements, and where null is allowed.
    /// </summary>
    public static string Annotations(ICustomAttributeProvider annotated, NullabilityInfo nullability)
    {
        var names = annotated.GetCustomAttributes(inherit: false)
            .OfType<System.Runtime.CompilerServices.TupleElementNamesAttribute>()
            .SelectMany(attribute => attribute.TransformNames)
            .Select(name => name ?? "_");
        return $"{Nullability(nullability)} {string.Join(",", names)}".Trim();
    }

    private static string Nullability(NullabilityInfo info)
    {
        var own = $"{info.ReadState}/{info.WriteState}";
        if (info.ElementType is { } element)
            return $"{own}[{Nullability(element)}]";
        return info.GenericTypeArguments.Length == 0
            ? own
            : $"{own}<{string.Join(", ", info.GenericTypeArguments.Select(Nullability))}>";
    }
}
