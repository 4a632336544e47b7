using System.Diagnostics.Metrics;

namespace MlNetNtd.Serving;

/// <summary>The server's own meters. ASP.NET has those of requests and connections (Microsoft.AspNetCore.Hosting and others).</summary>
internal sealed class ServingMetrics
{
    public const string MeterName = "MlNetNtd.Serving";
    public const string WordsName = "mlnetntd.serving.words";
    public const string ReloadsName = "mlnetntd.serving.model.reloads";

    private readonly Counter<long> _words;
    private readonly Counter<long> _reloads;

    public ServingMetrics(IMeterFactory factory)
    {
        var meter = factory.Create(MeterName);
        _words = meter.CreateCounter<long>(WordsName, "{word}", "Words that requests brought, by whether the model knows them.");
        _reloads = meter.CreateCounter<long>(ReloadsName, "{reload}", "Changes of the model's files, by whether they could be loaded.");
    }

    /// <summary>Counts the words of a request.</summary>
    public void CountWords(int known, int unknown)
    {
        _words.Add(known, new KeyValuePair<string, object?>("known", true));
        _words.Add(unknown, new KeyValuePair<string, object?>("known", false));
    }

    /// <summary>Counts a change of the model's files.</summary>
    public void CountReload(bool isLoaded) => _reloads.Add(1, new KeyValuePair<string, object?>("loaded", isLoaded));
}
