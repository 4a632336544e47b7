namespace MlNetNtd.Serving;

/// <summary>The web application: its services, limits and endpoints.</summary>
internal static class ServingApplication
{
    /// <summary>Creates the application. It listens when it is run.</summary>
    /// <param name="args">Options of <see cref="ServingOptions"/> and of ASP.NET: <c>--Serving:Model=folder --urls=http://localhost:8080</c>.</param>
    /// <exception cref="ModelLoadException">There is no model to begin with.</exception>
    /// <exception cref="InvalidOptionException">An option has a value that it cannot have.</exception>
    public static WebApplication Create(params string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        var options = ServingOptions.Read(builder.Configuration);
        // Not six lines for each request: meters count and time them.
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true).AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.MaxBodyBytes;
        });

        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(new ModelStore(options.Model));
        builder.Services.AddSingleton<ServingMetrics>();
        builder.Services.AddHostedService<ModelReloader>();
        builder.Services.AddHealthChecks().AddCheck<ModelHealthCheck>("model");
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ServingJson.Default));

        var app = builder.Build();
        app.MapPage();
        app.MapScores();
        app.MapModelHealth();
        return app;
    }
}
