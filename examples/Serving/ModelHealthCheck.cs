using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MlNetNtd.Serving;

/// <summary>GET /health: 200 while a model serves. The status is Degraded where it is not the one of the files.</summary>
internal sealed class ModelHealthCheck(ModelStore store) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(store.State.Problem is { } problem ? HealthCheckResult.Degraded(problem) : HealthCheckResult.Healthy());
}

internal static class HealthEndpoint
{
    public static void MapModelHealth(this WebApplication app) => app.MapHealthChecks("/health", new HealthCheckOptions
    {
        ResponseWriter = (context, report) =>
        {
            var state = context.RequestServices.GetRequiredService<ModelStore>().State;
            var vocabulary = state.Model.Vocabulary;
            return context.Response.WriteAsJsonAsync(
                new HealthResponse(report.Status.ToString(), state.Problem, state.Model.Id, state.Loaded, vocabulary.Description, vocabulary.Words.Length - 1),
                ServingJson.Default.HealthResponse);
        },
    });
}
