using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>Gets the environment of a catalog, which ML.NET exposes only to its own assemblies.</summary>
internal static class CatalogEnvironment
{
    /// <summary>Gets the environment of <c>mlContext.Transforms</c>.</summary>
    public static IHostEnvironment Environment(this TransformsCatalog catalog) => CatalogUtils.GetEnvironment(catalog);

    /// <summary>Gets the environment of <c>mlContext.Data</c>.</summary>
    public static IHostEnvironment Environment(this DataOperationsCatalog catalog) => CatalogUtils.GetEnvironment(catalog);
}
