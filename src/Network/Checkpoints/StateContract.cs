using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace MlNetNtd;

/// <summary>Whether a state's type comes back whole from what <c>System.Text.Json</c> writes of it, which passes over in silence what it cannot read.</summary>
internal sealed class StateContract
{
    private static readonly ConcurrentDictionary<Type, string?> Known = new();

    // Written from the end that is read first.
    private static readonly Type[] Reversed =
    [
        typeof(Stack<>), typeof(System.Collections.Stack), typeof(ConcurrentStack<>), typeof(ConcurrentBag<>), typeof(ImmutableStack<>), typeof(IImmutableStack<>),
    ];

    private readonly JsonSerializerOptions _options = FloatArrayConverter.CreateOptions([]);
    private readonly HashSet<Type> _seen = [];

    private StateContract()
    {
    }

    /// <summary>What would not come back, and what to do; null: all of it does. Found once a type.</summary>
    public static string? FindProblem(Type state) => Known.GetOrAdd(state, type => new StateContract().Find(type, "the state"));

    /// <summary>A type's name as it is written in C#.</summary>
    public static string Name(Type type)
    {
        if (type.IsArray)
            return $"{Name(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        return type.IsGenericType
            ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
            : type.Name;
    }

    private string? Find(Type declared, string what)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (!_seen.Add(type))
            return null;
        if (type == typeof(object))
            return $"{what} is of type Object, which comes back as a JsonElement: declare the type itself";
        try
        {
            var contract = _options.GetTypeInfo(type);
            return contract.Kind switch
            {
                JsonTypeInfoKind.Object => FindInObject(contract, what),
                JsonTypeInfoKind.Enumerable or JsonTypeInfoKind.Dictionary => FindInCollection(contract, what),
                // What has a converter of its own is that one's to keep.
                _ => null,
            };
        }
        catch (Exception error) when (error is NotSupportedException or InvalidOperationException or ArgumentException)
        {
            return $"{what} is a {Name(type)}, which cannot be written: {error.Message.TrimEnd('.')}";
        }
    }

    private string? FindInCollection(JsonTypeInfo contract, string what)
    {
        var type = contract.Type;
        for (var one = type; one is not null; one = one.BaseType)
        {
            if (Reversed.Contains(one.IsGenericType ? one.GetGenericTypeDefinition() : one))
                return $"{what} is a {Name(type)}, which comes back in another order: keep its items in a list";
        }

        if (FindOwnMember(type) is { } member)
            return $"{what} is a {Name(type)}, a collection with a member of its own, '{member}', which is not written: keep the two side by side";
        try
        {
            // Most that cannot be filled say so of nothing, too.
            JsonSerializer.Deserialize(contract.Kind == JsonTypeInfoKind.Dictionary ? "{}" : "[]", contract);
        }
        catch (Exception error) when (error is NotSupportedException or InvalidOperationException or ArgumentException)
        {
            return $"{what} is a {Name(type)}, which can be written and not read: keep its items in an array, a list or a dictionary";
        }

        return (contract.KeyType is { } key ? Find(key, $"a key of {what}") : null)
            ?? (contract.ElementType is { } element ? Find(element, $"an item of {what}") : null);
    }

    // Whoever derives from a collection of .NET's has all items there, and beside them what he declares.
    private static string? FindOwnMember(Type type)
    {
        var derives = false;
        for (var one = type; one is not null; one = one.BaseType)
            derives |= IsOfSystem(one) && one != typeof(object) && one != typeof(ValueType);
        return Fields(type).Where(field => !IsOfSystem(field.DeclaringType!) && !IsIgnored(field) && (derives || field.IsPublic || IsOfProperty(field)))
            .Select(MemberName).FirstOrDefault();
    }

    private string? FindInObject(JsonTypeInfo contract, string what)
    {
        var type = contract.Type;
        foreach (var derived in contract.PolymorphismOptions?.DerivedTypes ?? [])
        {
            if (derived.TypeDiscriminator is null)
                return $"{what} may be a {Name(derived.DerivedType)}, of which no name is written: give its [JsonDerivedType] a name";
            if (Find(derived.DerivedType, $"{what}, a {Name(derived.DerivedType)},") is { } problem)
                return problem;
        }

        if (type.IsAbstract || type.IsInterface)
        {
            return contract.PolymorphismOptions is null
                ? $"{what} is of the abstract type {Name(type)}, and what is behind it does not come back: declare the type itself, or name the types there are by "
                    + "[JsonDerivedType(typeof(...), \"a name\")]"
                : null;
        }

        if (contract.CreateObject is null && contract.ConstructorAttributeProvider is null)
            return $"{what} is a {Name(type)}, which has no constructor that reading can use: give it a public one, or say which by [JsonConstructor]";
        return FindLostField(contract) ?? contract.Properties
            .Where(property => property is { IsExtensionData: false, CustomConverter: null, Get: not null } && ComesBack(contract, property))
            .Select(property => Find(property.PropertyType, $"'{Clr(property)?.Name ?? property.Name}' of {Name(type)}"))
            .FirstOrDefault(problem => problem is not null);
    }

    // All that an object knows is in its fields, those of its properties among them.
    private static string? FindLostField(JsonTypeInfo contract)
    {
        foreach (var field in Fields(contract.Type))
        {
            if (IsIgnored(field) || typeof(Delegate).IsAssignableFrom(field.FieldType))
                continue;
            var (owner, name) = (Name(field.DeclaringType!), MemberName(field));
            var property = contract.Properties.FirstOrDefault(one => Clr(one) == field)
                ?? contract.Properties.FirstOrDefault(one => Clr(one) is PropertyInfo clr && clr.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (property is null)
            {
                return $"the field '{name}' of {owner} is not written: make it a property with a public getter and setter, or say [JsonIgnore] where it need not come back";
            }

            if (!ComesBack(contract, property))
            {
                return $"'{Clr(property)!.Name}' of {owner} is written and not read: give it a public setter (set or init) or a constructor's parameter of its name, or say "
                    + "[JsonInclude], or [JsonIgnore] where it need not come back";
            }
        }

        return null;
    }

    private static bool ComesBack(JsonTypeInfo contract, JsonPropertyInfo property) => property.Get is not null && (property.Set is not null
        || property.AssociatedParameter is not null
        || (property.ObjectCreationHandling ?? contract.PreferredPropertyObjectCreationHandling) == JsonObjectCreationHandling.Populate);

    private static IEnumerable<FieldInfo> Fields(Type type)
    {
        for (var one = type; one is not null && one != typeof(object) && one != typeof(ValueType); one = one.BaseType)
        {
            foreach (var field in one.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                yield return field;
        }
    }

    private static MemberInfo? Clr(JsonPropertyInfo property) => property.AttributeProvider as MemberInfo;

    private static bool IsOfProperty(FieldInfo field) => field.Name.StartsWith('<');

    // <Step>k__BackingField, <Step>i__Field, <step>P, _step and m_step are all behind Step.
    private static string MemberName(FieldInfo field)
    {
        if (IsOfProperty(field))
            return field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)];
        var name = field.Name.StartsWith("m_", StringComparison.Ordinal) ? field.Name[2..] : field.Name.TrimStart('_');
        return name.Length > 0 ? name : field.Name;
    }

    private static bool IsIgnored(FieldInfo field)
    {
        const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        return Says(field) || (IsOfProperty(field) && field.DeclaringType!.GetProperties(Any).Any(property => property.Name == MemberName(field) && Says(property)));

        static bool Says(MemberInfo member) =>
            member.GetCustomAttribute<JsonIgnoreAttribute>() is { Condition: not (JsonIgnoreCondition.Never or JsonIgnoreCondition.WhenWritingDefault or JsonIgnoreCondition.WhenWritingNull) };
    }

    private static bool IsOfSystem(Type type) => type.Namespace is { } name && (name == "System" || name.StartsWith("System.", StringComparison.Ordinal));
}
