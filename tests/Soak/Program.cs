using System.Globalization;
using MlNetNtd.Soak;

// [BLOCKS STEPS LOADS]: by default 100000 20000 10000. The last line sums up; the exit code is 1 where something stays.
int[] counts = args.Length == 3
    ? [.. args.Select(arg => int.Parse(arg, CultureInfo.InvariantCulture))]
    : [100_000, 20_000, 10_000];
SoakPhase[] phases = [SoakPhases.Blocks(counts[0]), SoakPhases.Steps(counts[1]), SoakPhases.Loads(counts[2])];
var results = Array.ConvertAll(phases, phase => phase.Run(Console.Out));
var leak = results.Any(result => result.TensorsLeft != 0);
Console.WriteLine(
    $"soak: {string.Join(", ", results.Select(result => $"{result.Count} {result.Name}"))}; "
    + $"tensors left {string.Join(", ", results.Select(result => result.TensorsLeft))}; "
    + $"resident MB {string.Join(", ", results.Select(result => $"{result.FirstBytes >> 20} to {result.LastBytes >> 20}"))}");
return leak ? 1 : 0;
