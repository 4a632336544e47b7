using System.Reflection;
using System.Runtime.CompilerServices;

namespace MlNetNtd.Conformance.Tests;

/// <summary>What a caller can see of a type, its members aside.</summary>
internal static class TypeFacts
{
    public static Facts Of(Type type) => new()
    {
        ["kind"] = Kind(type),
        ["modifiers"] = string.Join(" ", Modifiers(type)),
        ["visible"] = $"{type.IsVisible}",
        ["generic parameters"] = type.IsGenericType ? TypeText.Constraints(type.GetGenericArguments()) : "",
        ["underlying type"] = type.IsEnum ? TypeText.Of(type.GetEnumUnderlyingType()) : "",
        ["attributes"] = Attributes(type),
    };

    /// <summary>The attributes that change what a caller may write.</summary>
    public static string Attributes(MemberInfo member) => string.Join(", ", member
        // Where an attribute class says nothing of its usage, its base class does.
        .GetCustomAttributes(inherit: member is Type type && typeof(Attribute).IsAssignableFrom(type))
        .Select(attribute => attribute switch
        {
            AttributeUsageAttribute usage => $"AttributeUsage({usage.ValidOn}, multiple {usage.AllowMultiple}, inherited {usage.Inherited})",
            ObsoleteAttribute obsolete => $"Obsolete(error {obsolete.IsError})",
            FlagsAttribute or ExtensionAttribute => attribute.GetType().Name,
            _ => null,
        })
        .OfType<string>()
        .Order(StringComparer.Ordinal));

    public static bool IsDelegate(Type type) => typeof(Delegate).IsAssignableFrom(type);

    /// <summary>Whether the compiler marked something as read-only.</summary>
    /// <remarks>By name: an assembly for an older .NET has an attribute of its own for this.</remarks>
    public static bool IsReadOnly(IEnumerable<CustomAttributeData> attributes) =>
        attributes.Any(attribute => attribute.AttributeType.FullName == typeof(IsReadOnlyAttribute).FullName);

    private static string Kind(Type type)
    {
        if (type.IsEnum)
            return "enum";
        if (type.IsInterface)
            return "interface";
        if (type.IsValueType)
            return "struct";
        return IsDelegate(type) ? "delegate" : "class";
    }

    private static IEnumerable<string> Modifiers(Type type)
    {
        if (type.IsClass && type.IsAbstract && type.IsSealed)
            yield return "static";
        else if (type.IsClass && type.IsAbstract)
            yield return "abstract";
        else if (type.IsClass && type.IsSealed)
            yield return "sealed";
        if (type.IsByRefLike)
            yield return "ref";
        if (type.IsValueType && IsReadOnly(type.CustomAttributes))
            yield return "readonly";
    }
}
