using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace MlNetNtd.Serving.Tests;

/// <summary>Built-in meters count words, reloads and requests.</summary>
[TestClass]
public sealed class MetricsTests
{
    [TestMethod]
    public async Task Words_are_counted_by_whether_the_model_knows_them()
    {
        using var folder = new ModelFolder();
        await using var server = await Server.StartAsync(folder);
        using var counts = new Counts(server, ServingMetrics.WordsName);

        await server.ScoreAsync("one two zebra");
        await server.ScoreAsync("three");

        Assert.AreEqual(3, counts["known=True"]);
        Assert.AreEqual(1, counts["known=False"]);
    }

    [TestMethod]
    public async Task Reloads_are_counted_by_whether_they_succeeded()
    {
        using var folder = new ModelFolder();
        await using var server = await Server.StartAsync(folder);
        using var counts = new Counts(server, ServingMetrics.ReloadsName);

        File.Delete(folder.ModelPath);
        await counts.WaitForAsync("loaded=False");
        folder.InstallModel(seed: 1);
        await counts.WaitForAsync("loaded=True");
    }

    [TestMethod]
    public async Task Requests_are_timed_by_ASP_NET_with_route_and_status()
    {
        using var folder = new ModelFolder();
        await using var server = await Server.StartAsync(folder);
        using var counts = new Counts(server, "http.server.request.duration");

        await server.ScoreAsync("one");

        await counts.WaitForAsync("http.response.status_code=200 http.route=/score");
    }

    /// <summary>The sums of an instrument by the tags that tests look at; of a histogram, the number of values.</summary>
    private sealed class Counts : IDisposable
    {
        private static readonly string[] Tags = ["known", "loaded", "http.response.status_code", "http.route"];

        private readonly MeterListener _listener = new();
        private readonly ConcurrentDictionary<string, long> _sums = new();

        public Counts(Server server, string instrument)
        {
            // Other servers of this process have meters of the same names.
            var factory = server.Services.GetRequiredService<IMeterFactory>();
            _listener.InstrumentPublished = (found, listener) =>
            {
                if (found.Name == instrument && ReferenceEquals(found.Meter.Scope, factory))
                    listener.EnableMeasurementEvents(found);
            };
            _listener.SetMeasurementEventCallback<long>((_, value, tags, _) => Add(tags, value));
            _listener.SetMeasurementEventCallback<double>((_, _, tags, _) => Add(tags, 1));
            _listener.Start();
        }

        public long this[string tags] => _sums.GetValueOrDefault(tags);

        public async Task WaitForAsync(string tags)
        {
            var end = DateTime.UtcNow + Server.Limit;
            while (this[tags] == 0)
            {
                Assert.IsLessThan(end, DateTime.UtcNow, $"'{tags}' is not counted, but {string.Join("; ", _sums.Keys)}");
                await Task.Delay(5);
            }
        }

        public void Dispose() => _listener.Dispose();

        private void Add(ReadOnlySpan<KeyValuePair<string, object?>> tags, long value) => _sums.AddOrUpdate(
            string.Join(' ', tags.ToArray().Where(tag => Tags.Contains(tag.Key)).OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => $"{tag.Key}={tag.Value}")),
            value, (_, sum) => sum + value);
    }
}
