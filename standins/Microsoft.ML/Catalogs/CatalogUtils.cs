using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>How extension methods on a catalog get at its environment.</summary>
internal static class CatalogUtils
{
    public static IHostEnvironment GetEnvironment(this IInternalCatalog catalog)
        => Contracts.CheckRef(catalog, nameof(catalog)).Environment;
}

internal interface IInternalCatalog
{
    IHostEnvironment Environment { get; }
}
