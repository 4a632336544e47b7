using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace MlNetNtd;

/// <summary>
/// Verifies that <c>System.Text.Json</c> can read back everything it writes of a state's type; on its own it silently omits what it
/// cannot handle.
/// </summary>
internal sealed class StateContract
{
    private static readonly ConcurrentDictionary<Type, string?> Known = new();

    // Collections whose items are written in the reverse of the order in which they are read.
    private static readonly Type[] Reversed =
    [
        typeof(Stack<>), typeof(System.Collections.Stack), typeof(ConcurrentStack<>), typeof(ConcurrentBag<>), typeof(ImmutableStack<>), typeof(IImmutableStack<>),
    ];

    private readonly JsonSerializerOptions _options = FloatArrayConverter.CreateOptions([]);
    private readonly HashSet<Type> _seen = [];

    private StateContract()
    {
    }

    /// <summary>
    /// Describes what would be lost and what to do about it; null if nothing would. The result is cached for each type.
    /// </summary>
    public static string? FindProblem(Type state) => Known.GetOrAdd(state, type => new StateContract().Find(type, "the state"));

    /// <summary>Gets a type's name in C# notation.</summary>
    public static string Name(Type type)
    {
        if (type.IsArray)
            return $"{Name(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        return type.IsGenericType
            ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
            : type.Name;
    }

    private string? Find(Type declared, string path)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (!_seen.Add(type))
            return null;
        if (type == typeof(object))
            return $"{path} is of type Object, which comes back as a JsonElement: declare the type itself";
        try
        {
            var contract = _options.GetTypeInfo(type);
            return contract.Kind switch
            {
                JsonTypeInfoKind.Object => FindInObject(contract, path),
                JsonTypeInfoKind.Enumerable or JsonTypeInfoKind.Dictionary => FindInCollection(contract, path),
                // A type with its own converter is the converter's responsibility.
                _ => null,
            };
        }
        catch (Exception error) when (error is NotSupportedException or InvalidOperationException or ArgumentException)
        {
            return $"{path} is a {Name(type)}, which cannot be written: {error.Message.TrimEnd('.')}";
        }
    }

    private string? FindInCollection(JsonTypeInfo contract, string path)
    {
        var type = contract.Type;
        for (var current = type; current is not null; current = current.BaseType)
        {
            if (Reversed.Contains(current.IsGenericType ? current.GetGenericTypeDefinition() : current))
                return $"{path} is a {Name(type)}, which comes back in another order: keep its items in a list";
        }

        if (FindOwnMember(type) is { } member)
            return $"{path} is a {Name(type)}, a collection with a member of its own, '{member}', which is not written: keep the two side by side";
        try
        {
            // Most collections that cannot be filled fail on empty input, too.
            JsonSerializer.Deserialize(contract.Kind == JsonTypeInfoKind.Dictionary ? "{}" : "[]", contract);
        }
        catch (Exception error) when (error is NotSupportedException or InvalidOperationException or ArgumentException)
        {
            return $"{path} is a {Name(type)}, which can be written and not read: keep its items in an array, a list or a dictionary";
        }

        return (contract.KeyType is { } key ? Find(key, $"a key of {path}") : null)
            ?? (contract.ElementType is { } element ? Find(element, $"an item of {path}") : null);
    }

    // JSON contains the items of a collection, but not the members that a derived class adds.
    private static string? FindOwnMember(Type type)
    {
        var derivesFromSystem = false;
        for (var current = type; current is not null; current = current.BaseType)
            derivesFromSystem |= IsSystemType(current) && current != typeof(object) && current != typeof(ValueType);
        return Fields(type).Where(field => !IsSystemType(field.DeclaringType!) && !IsIgnored(field) && (derivesFromSystem || field.IsPublic || IsBackingField(field)))
            .Select(MemberName).FirstOrDefault();
    }

    private string? FindInObject(JsonTypeInfo contract, string path)
    {
        var type = contract.Type;
        foreach (var derived in contract.PolymorphismOptions?.DerivedTypes ?? [])
        {
            if (derived.TypeDiscriminator is null)
                return $"{path} may be a {Name(derived.DerivedType)}, of which no name is written: give its [JsonDerivedType] a name";
            if (Find(derived.DerivedType, $"{path}, a {Name(derived.DerivedType)},") is { } problem)
                return problem;
        }

        if (type.IsAbstract || type.IsInterface)
        {
            return contract.PolymorphismOptions is null
                ? $"{path} is of the abstract type {Name(type)}, and what is behind it does not come back: declare the type itself, or name the types there are by "
                    + "[JsonDerivedType(typeof(...), \"a name\")]"
                : null;
        }

        if (contract.CreateObject is null && contract.ConstructorAttributeProvider is null)
            return $"{path} is a {Name(type)}, which has no constructor that reading can use: give it a public one, or say which by [JsonConstructor]";
        return FindLostField(contract) ?? contract.Properties
            .Where(property => property is { IsExtensionData: false, CustomConverter: null, Get: not null } && IsReadBack(contract, property))
            .Select(property => Find(property.PropertyType, $"'{Clr(property)?.Name ?? property.Name}' of {Name(type)}"))
            .FirstOrDefault(problem => problem is not null);
    }

    // An object's data is in its fields, including those behind its properties.
    private static string? FindLostField(JsonTypeInfo contract)
    {
        foreach (var field in Fields(contract.Type))
        {
            if (IsIgnored(field) || typeof(Delegate).IsAssignableFrom(field.FieldType))
                continue;
            var (owner, name) = (Name(field.DeclaringType!), MemberName(field));
            var property = contract.Properties.FirstOrDefault(current => Clr(current) == field)
                ?? contract.Properties.FirstOrDefault(current => Clr(current) is PropertyInfo clr && clr.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (property is null)
            {
                return $"the field '{name}' of {owner} is not written: make it a property with a public getter and setter, or say [JsonIgnore] where it need not come back";
            }

            if (!IsReadBack(contract, property))
            {
                return $"'{Clr(property)!.Name}' of {owner} is written and not read: give it a public setter (set or init) or a constructor's parameter of its name, or say "
                    + "[JsonInclude], or [JsonIgnore] where it need not come back";
            }
        }

        return null;
    }

    private static bool IsReadBack(JsonTypeInfo contract, JsonPropertyInfo property) => property.Get is not null && (property.Set is not null
        || property.AssociatedParameter is not null
        || (property.ObjectCreationHandling ?? contract.PreferredPropertyObjectCreationHandling) == JsonObjectCreationHandling.Populate);

    private static IEnumerable<FieldInfo> Fields(Type type)
    {
        for (var current = type; current is not null && current != typeof(object) && current != typeof(ValueType); current = current.BaseType)
        {
            foreach (var field in current.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                yield return field;
        }
    }

    private static MemberInfo? Clr(JsonPropertyInfo property) => property.AttributeProvider as MemberInfo;

    private static bool IsBackingField(FieldInfo field) => field.Name.StartsWith('<');

    // <Step>k__BackingField, <Step>i__Field, <step>P, _step and m_step are all behind Step.
    private static string MemberName(FieldInfo field)
    {
        if (IsBackingField(field))
            return field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)];
        var name = field.Name.StartsWith("m_", StringComparison.Ordinal) ? field.Name[2..] : field.Name.TrimStart('_');
        return name.Length > 0 ? name : field.Name;
    }

    private static bool IsIgnored(FieldInfo field)
    {
        const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        return HasJsonIgnore(field) || (IsBackingField(field) && field.DeclaringType!.GetProperties(Any).Any(property => property.Name == MemberName(field) && HasJsonIgnore(property)));

        static bool HasJsonIgnore(MemberInfo member) =>
            member.GetCustomAttribute<JsonIgnoreAttribute>() is { Condition: not (JsonIgnoreCondition.Never or JsonIgnoreCondition.WhenWritingDefault or JsonIgnoreCondition.WhenWritingNull) };
    }

    private static bool IsSystemType(Type type) => type.Namespace is { } name && (name == "System" || name.StartsWith("System.", StringComparison.Ordinal));
}
