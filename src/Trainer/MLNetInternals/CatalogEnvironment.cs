using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>What ML.NET shows only to its own components: the context behind a catalog, and whether it was cancelled.</summary>
internal static class CatalogEnvironment
{
    /// <summary>The environment behind <c>mlContext.BinaryClassification.Trainers</c>.</summary>
    public static IHostEnvironment Environment(this BinaryClassificationCatalog.BinaryClassificationTrainers catalog) =>
        CatalogUtils.GetEnvironment(catalog);

    /// <summary>The environment behind <c>mlContext.BinaryClassification</c>.</summary>
    public static IHostEnvironment Environment(this BinaryClassificationCatalog catalog) => CatalogUtils.GetEnvironment(catalog);

    /// <summary>Whether <c>MLContext.CancelExecution</c> was called since the host was registered.</summary>
    public static bool IsCanceled(this IHost host) => host is ICancelable { IsCanceled: true };
}
