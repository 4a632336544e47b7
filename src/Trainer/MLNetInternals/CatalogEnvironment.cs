using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>Extension methods over internals of ML.NET: the context behind a catalog, and whether it was canceled.</summary>
internal static class CatalogEnvironment
{
    /// <summary>Gets the environment behind <c>mlContext.BinaryClassification.Trainers</c>.</summary>
    public static IHostEnvironment Environment(this BinaryClassificationCatalog.BinaryClassificationTrainers catalog) =>
        CatalogUtils.GetEnvironment(catalog);

    /// <summary>Gets the environment behind <c>mlContext.BinaryClassification</c>.</summary>
    public static IHostEnvironment Environment(this BinaryClassificationCatalog catalog) => CatalogUtils.GetEnvironment(catalog);

    /// <summary>Returns whether <c>MLContext.CancelExecution</c> was called since the host was registered.</summary>
    public static bool IsCanceled(this IHost host) => host is ICancelable { IsCanceled: true };
}
