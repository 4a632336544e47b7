namespace MlNetNtd.Serving;

/// <summary>Looks at the model's files from time to time, and has the store load them when they have changed.</summary>
internal sealed partial class ModelReloader(ModelStore store, ServingOptions options, ServingMetrics metrics, ILogger<ModelReloader> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        LogServing(store.State.Model.Id, options.Model);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(options.ReloadMilliseconds));
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var problem = store.State.Problem;
            if (!store.Reload())
                continue;
            var state = store.State;
            metrics.CountReload(state.Problem is null);
            if (state.Problem is null)
                LogServing(state.Model.Id, options.Model);
            else if (state.Problem != problem)
                LogProblem(state.Problem, state.Model.Id);
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Model {Model} of {Folder} serves.")]
    private partial void LogServing(string model, string folder);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "{Problem} Model {Model} keeps serving.")]
    private partial void LogProblem(string problem, string model);
}
