// Scores the words of a text over HTTP, and shows them on a page. It serves a folder of two files, which examples/WordModel writes:
//   dotnet run --project examples/WordModel && dotnet run --project examples/Serving
using MlNetNtd.Serving;

try
{
    await using var app = ServingApplication.Create(args);
    await app.RunAsync();   // until Ctrl+C or SIGTERM; requests in flight are finished
    return 0;
}
catch (Exception e) when (e is ModelLoadException or InvalidOptionException or IOException)
{
    Console.Error.WriteLine(e.Message);   // no model, a bad option, or a port that is taken
    return 1;
}
