using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>The context behind a catalog, which ML.NET shows only to its own extensions.</summary>
internal static class CatalogEnvironment
{
    /// <summary>The environment behind <c>mlContext.Transforms</c>.</summary>
    public static IHostEnvironment Environment(this TransformsCatalog catalog) => CatalogUtils.GetEnvironment(catalog);

    /// <summary>The environment behind <c>mlContext.Data</c>.</summary>
    public static IHostEnvironment Environment(this DataOperationsCatalog catalog) => CatalogUtils.GetEnvironment(catalog);
}
