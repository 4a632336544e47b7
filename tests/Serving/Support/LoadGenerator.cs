using System.Diagnostics;
using System.Net.Http.Json;

namespace MlNetNtd.Serving.Tests;

/// <summary>Sends many requests at once.</summary>
internal static class LoadGenerator
{
    /// <summary>Sends requests, a number of them at a time.</summary>
    /// <returns>The answers and how long each took, in milliseconds.</returns>
    public static async Task<(Scores Answer, double Milliseconds)[]> SendAsync(Uri address, string text, int requests, int atOnce)
    {
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = atOnce };
        using var client = new HttpClient(handler) { BaseAddress = address, Timeout = Server.Limit };
        var answers = new (Scores, double)[requests];
        await Parallel.ForAsync(0, requests, new ParallelOptions { MaxDegreeOfParallelism = atOnce }, async (i, cancellationToken) =>
        {
            var start = Stopwatch.GetTimestamp();
            using var response = await client.PostAsJsonAsync("score", new { text }, cancellationToken);
            answers[i] = (await Scores.ReadAsync(response), Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        });
        return answers;
    }

    /// <summary>The time within which a share of the requests was answered.</summary>
    public static double GetPercentile(IEnumerable<double> values, double share)
    {
        double[] sorted = [.. values.Order()];
        return sorted[(int)Math.Ceiling(share * sorted.Length) - 1];
    }
}
