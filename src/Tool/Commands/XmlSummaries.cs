using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace MlNetNtd.Tool;

/// <summary>The summaries of an assembly's XML documentation, as plain text.</summary>
internal sealed partial class XmlSummaries
{
    private readonly Dictionary<string, XElement> _summaries = [];

    /// <summary>Reads the documentation file that lies beside the assembly; without it there are no summaries.</summary>
    public XmlSummaries(Assembly assembly)
    {
        var path = Path.ChangeExtension(assembly.Location, ".xml");
        if (!File.Exists(path))
            return;
        foreach (var member in XDocument.Load(path).Descendants("member"))
        {
            if (member.Attribute("name")?.Value is { } name && member.Element("summary") is { } summary)
                _summaries[name] = summary;
        }
    }

    /// <summary>Finds the summary of a property; empty if there is none.</summary>
    public string Find(PropertyInfo property) =>
        _summaries.TryGetValue($"P:{property.DeclaringType!.FullName!.Replace('+', '.')}.{property.Name}", out var summary)
            ? Spaces().Replace(string.Concat(summary.Nodes().Select(ToText)), " ").Trim()
            : "";

    private static string ToText(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "see" or "paramref" } reference => LastName(reference),
        XElement element => string.Concat(element.Nodes().Select(ToText)),
        _ => "",
    };

    // The last part of a name is how the text goes on: P:MlNetNtd.X.Options.Heads is Heads.
    private static string LastName(XElement reference)
    {
        var name = (reference.Attribute("cref") ?? reference.Attribute("langword") ?? reference.Attribute("name"))?.Value ?? "";
        return name.Split('(')[0].Split('.')[^1].Split(':')[^1];
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
