using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace MlNetNtd.Conformance.Tests;

/// <summary>What a caller can see of a member.</summary>
internal static class MemberFacts
{
    /// <summary>The text by which a member is looked for: its name and, where it can be overloaded, its parameters' types.</summary>
    public static string Identity(MemberInfo member) => member switch
    {
        MethodInfo method => method.Name + Arity(method) + Parameters(method.GetParameters())
            + (method.Name is "op_Implicit" or "op_Explicit" ? " to " + TypeText.Of(method.ReturnType) : ""),
        ConstructorInfo constructor => constructor.Name + Parameters(constructor.GetParameters()),
        PropertyInfo property => property.GetIndexParameters() is { Length: > 0 } index
            ? property.Name + Parameters(index)
            : property.Name,
        _ => member.Name,
    };

    public static Facts Of(MemberInfo member)
    {
        var facts = member switch
        {
            MethodBase method => OfMethod(method),
            PropertyInfo property => OfProperty(property),
            FieldInfo field => OfField(field),
            EventInfo one => OfEvent(one),
            _ => throw new ArgumentException($"{member.MemberType} is no member of a type that is compared.", nameof(member)),
        };
        facts["attributes"] = TypeFacts.Attributes(member);
        return facts;
    }

    /// <summary>Whether other code of the assembly may use a member.</summary>
    public static bool IsInternal(MemberInfo member) => member is MethodBase { IsAssembly: true } or FieldInfo { IsAssembly: true }
        || (member.DeclaringType is { IsVisible: false } && Access(member) == "public");

    /// <summary>Who outside the assembly may use a member: the public, derived classes, or nobody.</summary>
    public static string Access(MemberInfo? member) => member switch
    {
        MethodBase { IsPublic: true } or FieldInfo { IsPublic: true } => "public",
        MethodBase { IsFamily: true } or MethodBase { IsFamilyOrAssembly: true } => "protected",
        FieldInfo { IsFamily: true } or FieldInfo { IsFamilyOrAssembly: true } => "protected",
        PropertyInfo property when Access(property.GetMethod) is var access => access == "none" ? Access(property.SetMethod) : access,
        EventInfo one => Access(one.AddMethod),
        _ => "none",
    };

    private static Facts OfMethod(MethodBase method)
    {
        var parameters = method.GetParameters();
        var facts = new Facts
        {
            ["access"] = Access(method),
            ["static"] = $"{method.IsStatic}",
            ["overridable"] = Overridable(method),
            ["generic parameters"] = method.IsGenericMethod ? TypeText.Constraints(method.GetGenericArguments()) : "",
            ["parameters"] = string.Join(", ", parameters.Select(Parameter)),
            ["returns"] = "",
        };
        if (method is MethodInfo { ReturnParameter: var result } && result.ParameterType != typeof(void))
            facts["returns"] = $"{ReadOnlyRef(result)}{TypeText.Of(result.ParameterType)} {Annotations(result)}";
        return facts;
    }

    private static Facts OfProperty(PropertyInfo property)
    {
        var accessor = property.GetMethod ?? property.SetMethod!;
        var modifiers = property.SetMethod?.ReturnParameter.GetRequiredCustomModifiers() ?? [];
        var setter = modifiers.Any(modifier => modifier.FullName == typeof(IsExternalInit).FullName) ? "init" : "set";
        return new Facts
        {
            ["access"] = $"get {Access(property.GetMethod)}, {setter} {Access(property.SetMethod)}",
            ["static"] = $"{accessor.IsStatic}",
            ["overridable"] = Overridable(accessor),
            ["parameters"] = string.Join(", ", property.GetIndexParameters().Select(Parameter)),
            ["type"] = TypeText.Of(property.PropertyType) + " "
                + TypeText.Annotations(property, new NullabilityInfoContext().Create(property)),
        };
    }

    private static Facts OfField(FieldInfo field) => new()
    {
        ["access"] = Access(field),
        ["static"] = $"{field.IsStatic}",
        ["read-only"] = $"{field.IsInitOnly}",
        ["constant"] = field.IsLiteral ? Value(field.GetRawConstantValue()) : "",
        // An enum's values are of its own type.
        ["type"] = field.DeclaringType!.IsEnum
            ? ""
            : TypeText.Of(field.FieldType) + " " + TypeText.Annotations(field, new NullabilityInfoContext().Create(field)),
    };

    private static Facts OfEvent(EventInfo one) => new()
    {
        ["access"] = Access(one.AddMethod),
        ["static"] = $"{one.AddMethod!.IsStatic}",
        ["type"] = TypeText.Of(one.EventHandlerType!),
    };

    private static string Overridable(MethodBase method)
    {
        if (method.DeclaringType!.IsSealed || !method.IsVirtual || method.IsFinal)
            return "no";
        return method.IsAbstract ? "must be" : "yes";
    }

    private static string Arity(MethodInfo method) => method.IsGenericMethod ? $"`{method.GetGenericArguments().Length}" : "";

    private static string Parameters(ParameterInfo[] parameters) =>
        $"({string.Join(", ", parameters.Select(parameter => TypeText.Of(parameter.ParameterType)))})";

    private static string Parameter(ParameterInfo parameter)
    {
        var kind = parameter switch
        {
            { IsOut: true, ParameterType.IsByRef: true } => "out ",
            { IsIn: true, ParameterType.IsByRef: true } => "in ",
            { ParameterType.IsByRef: true } => "ref ",
            _ when parameter.IsDefined(typeof(ParamArrayAttribute), inherit: false) => "params ",
            _ => "",
        };
        var value = parameter.HasDefaultValue ? " = " + Value(parameter.RawDefaultValue) : "";
        return $"{kind}{TypeText.Of(parameter.ParameterType)} {parameter.Name}{value} {Annotations(parameter)}".TrimEnd();
    }

    private static string Annotations(ParameterInfo parameter) =>
        TypeText.Annotations(parameter, new NullabilityInfoContext().Create(parameter));

    private static string ReadOnlyRef(ParameterInfo result) =>
        TypeFacts.IsReadOnly(result.CustomAttributes) ? "readonly " : "";

    private static string Value(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
