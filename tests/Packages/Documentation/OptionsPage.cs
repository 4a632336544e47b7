using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace MlNetNtd.Packages.Tests;

/// <summary>Writes docs/options.md: a table for each class of options, a row for each option.</summary>
internal static partial class OptionsPage
{
    private const string DefaultMark = "Default: ";

    /// <summary>The sections of the page.</summary>
    public static IReadOnlyList<(string Heading, string Use, Type Options)> Sections { get; } =
    [
        ("The transform", "mlContext.Transforms.NextTokenDiscriminator(new NextTokenDiscriminatorEstimator.Options { ... })", typeof(NextTokenDiscriminatorEstimator.Options)),
        (
            "The trainer",
            "mlContext.BinaryClassification.Trainers.NextTokenDiscriminator(new NextTokenDiscriminatorTrainer.Options { ... })",
            typeof(NextTokenDiscriminatorTrainer.Options)
        ),
    ];

    /// <summary>The page.</summary>
    public static string Create()
    {
        var page = new StringBuilder();
        page.Append(
            """
            # Which options are there?

            These tables list every option of the transform and of the trainer with its default. "None" is always a value (an empty name, 0), so that
            options written as JSON without nulls come back the same; null means the same. T is a row's number of tokens, C the dimension of an
            embedding, D the width of the network.

            <!-- Written from the XML documentation of the two classes: MLNETNTD_UPDATE_DOCS=1 dotnet test tests/Packages -->

            """.ReplaceLineEndings("\n"));
        foreach (var (heading, use, options) in Sections)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## {heading}\n\n`{use}`\n\n| Option | Default | Meaning |\n|---|---|---|\n");
            foreach (var (property, meaning, text) in Read(options))
                page.Append(CultureInfo.InvariantCulture, $"| `{property.Name}` | {text} | {meaning} |\n");
        }

        return page.ToString();
    }

    /// <summary>The options of a class, in the order of the source.</summary>
    /// <param name="options">The class.</param>
    public static IEnumerable<(PropertyInfo Property, string Meaning, string Default)> Read(Type options)
    {
        var members = XDocument.Load(Path.ChangeExtension(options.Assembly.Location, ".xml")).Descendants("member")
            .ToDictionary(member => member.Attribute("name")!.Value);
        foreach (var property in options.GetProperties(BindingFlags.Public | BindingFlags.Instance).OrderBy(property => property.MetadataToken))
        {
            var name = $"P:{options.FullName!.Replace('+', '.')}.{property.Name}";
            var summary = ToMarkdown(members[name].Element("summary")!);
            var mark = summary.LastIndexOf(DefaultMark, StringComparison.Ordinal);
            Assert.IsGreaterThan(0, mark, $"{name}: expected a summary that ends with '{DefaultMark}...', found '{summary}'.");
            yield return (property, summary[..mark].Trim(), summary[(mark + DefaultMark.Length)..].TrimEnd('.'));
        }
    }

    /// <summary>A default as the summaries write it.</summary>
    /// <param name="value">The value.</param>
    public static string Format(object? value) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        int or long => string.Create(CultureInfo.InvariantCulture, $"{value:N0}"),
        string or Enum => $"`{value}`",
        _ => string.Create(CultureInfo.InvariantCulture, $"{value}"),
    };

    private static string ToMarkdown(XElement element) => Space().Replace(string.Concat(element.Nodes().Select(ToMarkdown)), " ").Trim();

    private static string ToMarkdown(XNode node) => node switch
    {
        XText text => text.Value.Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal),
        XElement { Name.LocalName: "see" } see when see.Attribute("cref") is { } reference => $"`{ShortName(reference.Value)}`",
        XElement { Name.LocalName: "see" } see => $"`{see.Attribute("langword")!.Value}`",
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        _ => throw new InvalidOperationException($"Expected text, <see> or <c>, found '{node}'."),
    };

    // "F:MlNetNtd.MaskKind.Blocked" is "Blocked": the row says of which option.
    private static string ShortName(string reference) => reference.Split('(')[0].Split('.')[^1];

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
