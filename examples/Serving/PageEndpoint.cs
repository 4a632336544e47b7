using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace MlNetNtd.Serving;

/// <summary>GET /: the page, which is part of the program (wwwroot/index.html).</summary>
internal static class PageEndpoint
{
    public static void MapPage(this WebApplication app)
    {
        using var stream = typeof(PageEndpoint).Assembly.GetManifestResourceStream("index.html")!;
        var page = new byte[stream.Length];
        stream.ReadExactly(page);
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(page))[..16]}\"");
        app.MapGet("/", (HttpResponse response) =>
        {
            // The page may run what it contains and talk to this server, and nothing else.
            response.Headers.ContentSecurityPolicy =
                "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
            response.Headers.XContentTypeOptions = "nosniff";
            response.Headers.CacheControl = "no-cache";
            return TypedResults.Bytes(page, "text/html; charset=utf-8", entityTag: tag);
        });
    }
}
