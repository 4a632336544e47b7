namespace MlNetNtd.Conformance.Tests;

/// <summary>What can be said of a type or a member, each fact under a name, so that two can be compared fact by fact.</summary>
internal sealed class Facts
{
    private readonly SortedDictionary<string, string> _facts = new(StringComparer.Ordinal);

    public string this[string name]
    {
        set => _facts[name] = value;
    }

    /// <summary>Every fact that differs, as "name: stand-in has ..., the real one ...".</summary>
    public IEnumerable<string> Differences(Facts real) => _facts
        .Where(fact => real._facts[fact.Key] != fact.Value)
        .Select(fact => $"{fact.Key}: the stand-in has '{fact.Value}', the real one '{real._facts[fact.Key]}'");
}
