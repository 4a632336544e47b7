using System.CommandLine;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlNetNtd.Tool;

/// <summary>Helps with options classes, whatever the class.</summary>
internal static class OptionFlags
{
    /// <summary>Gets how options are read from JSON and written to it.</summary>
    public static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNameCaseInsensitive = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>Writes options as JSON.</summary>
    public static string Serialize<TOptions>(TOptions options) => JsonSerializer.Serialize(options, Json);

    /// <summary>Turns a property's name into a flag's: LearningRate into --learning-rate.</summary>
    public static string GetFlag(string property)
    {
        var flag = new StringBuilder("-");
        foreach (var character in property)
        {
            if (char.IsUpper(character))
                flag.Append('-');
            flag.Append(char.ToLowerInvariant(character));
        }

        return flag.ToString();
    }
}

/// <summary>A flag for each property of an options class; its help is the property's documentation.</summary>
/// <typeparam name="TOptions">The class.</typeparam>
internal sealed class OptionFlags<TOptions>
    where TOptions : class
{
    private readonly List<(PropertyInfo Property, Option Option, bool IsShared)> _flags = [];

    /// <summary>Initializes the flags.</summary>
    /// <param name="except">The names of properties that get no flag.</param>
    /// <param name="findShared">Finds the flag of another class for a property of the same name and type; null if there is none.</param>
    public OptionFlags(IReadOnlyCollection<string>? except = null, Func<PropertyInfo, Option?>? findShared = null)
    {
        foreach (var property in typeof(TOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (!property.CanWrite || except?.Contains(property.Name) == true)
                continue;
            var shared = findShared?.Invoke(property);
            if ((shared ?? Create(property)) is { } option)
                _flags.Add((property, option, shared is not null));
        }
    }

    /// <summary>Finds the flag of a property; null if no property has this name and type.</summary>
    public Option? Find(PropertyInfo property) =>
        _flags.FirstOrDefault(flag => flag.Property.Name == property.Name && flag.Property.PropertyType == property.PropertyType).Option;

    /// <summary>Adds the flags to a command, but for those that are shared.</summary>
    public void AddTo(Command command)
    {
        foreach (var (_, option, _) in _flags.Where(flag => !flag.IsShared))
            command.Add(option);
    }

    /// <summary>Sets the description of each flag. It takes time, so it is done when help is asked for.</summary>
    public void Describe()
    {
        var summaries = new XmlSummaries(typeof(TOptions).Assembly);
        foreach (var (property, option, _) in _flags.Where(flag => !flag.IsShared))
            option.Description = summaries.Find(property) + (property.PropertyType == typeof(float[]) ? " A .safetensors file with the tensor init_emb." : "");
    }

    /// <summary>Finds the first flag that the command line has; null if it has none.</summary>
    public string? FindGiven(ParseResult result) => _flags.FirstOrDefault(flag => IsGiven(flag.Option, result)).Option?.Name;

    /// <summary>Sets the properties whose flags the command line has.</summary>
    /// <returns>The options that were passed.</returns>
    /// <exception cref="ToolException">A value is not of the property's type.</exception>
    public TOptions Apply(TOptions options, ParseResult result)
    {
        foreach (var (property, option, _) in _flags)
        {
            if (IsGiven(option, result))
                property.SetValue(options, GetValue(property, option, result));
        }

        return options;
    }

    private static bool IsGiven(Option option, ParseResult result) => result.GetResult(option) is { Implicit: false };

    private static Option? Create(PropertyInfo property)
    {
        var name = OptionFlags.GetFlag(property.Name);
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        if (type.IsEnum)
            return new Option<string>(name) { HelpName = string.Join('|', Enum.GetNames(type).Select(value => value.ToLowerInvariant())) };
        if (type == typeof(int))
            return new Option<int>(name) { HelpName = "N" };
        if (type == typeof(long))
            return new Option<long>(name) { HelpName = "N" };
        if (type == typeof(double))
            return new Option<double>(name) { HelpName = "NUMBER" };
        if (type == typeof(bool))
            return new Option<bool>(name);
        if (type == typeof(string))
            return new Option<string>(name) { HelpName = property.Name.EndsWith("Path", StringComparison.Ordinal) ? "FILE" : "COLUMN" };
        return type == typeof(float[]) ? new Option<string>(name) { HelpName = "FILE" } : null;
    }

    private static object? GetValue(PropertyInfo property, Option option, ParseResult result)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        if (type.IsEnum)
        {
            var text = result.GetValue((Option<string>)option)!;
            return Enum.GetNames(type).FirstOrDefault(value => value.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } found
                ? Enum.Parse(type, found)
                : throw new ToolException($"{option.Name}: expected {option.HelpName!.Replace("|", ", ", StringComparison.Ordinal)}, found '{text}'.");
        }

        return option switch
        {
            Option<int> number => result.GetValue(number),
            Option<long> number => result.GetValue(number),
            Option<double> number => result.GetValue(number),
            Option<bool> flag => result.GetValue(flag),
            Option<string> file when type == typeof(float[]) => InitialEmbeddingFile.LoadSafetensors(result.GetValue(file)!).ToArray(),
            Option<string> text => result.GetValue(text),
            _ => throw new NotSupportedException($"No flag has values of {type}."),
        };
    }
}
