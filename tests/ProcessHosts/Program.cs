using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Microsoft.ML;
using MlNetNtd.ProcessHosts;

// Loads the model named by the argument and runs it. Says what came out, one fact a line.
if (Ours().Any())
    throw new InvalidOperationException("Our assemblies are loaded before the model asks for them.");

var context = new MLContext();
var model = context.Model.Load(args[0], out var schema);
Say("loaded", string.Join(' ', Ours().Order(StringComparer.Ordinal)));

try
{
    var output = model.Transform(HostRows.Make(context, schema));
    Say("checksum", HostRows.Checksum(output).ToString(CultureInfo.InvariantCulture));
}
catch (InvalidOperationException e)
{
    Say("error", e.Message);
}

// Of managed assemblies there may be one of the name; native ones are what a small machine lacks.
using var process = Process.GetCurrentProcess();
var native = process.Modules.Cast<ProcessModule>().Select(module => module.ModuleName)
    .Where(name => name.Contains("torch", StringComparison.OrdinalIgnoreCase) && !name.EndsWith("TorchSharp.dll", StringComparison.Ordinal));
Say("libtorch", string.Join(' ', native));

static void Say(string what, string value) => Console.WriteLine($"{HostRows.Mark}{what}={value}");

static IEnumerable<string> Ours() => AppDomain.CurrentDomain.GetAssemblies()
    .Select(assembly => assembly.GetName().Name!)
    .Where(name => name.StartsWith("MlNetNtd.", StringComparison.Ordinal))
    .Where(name => name != Assembly.GetEntryAssembly()!.GetName().Name);
