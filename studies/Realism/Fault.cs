namespace MlNetNtd.Studies.Realism;

/// <summary>A fault of telemetry, injected into a window at a known step.</summary>
/// <param name="Name">The name.</param>
/// <param name="FirstStep">The first step that the fault may be at.</param>
/// <param name="Inject">Returns a faulty copy of a window.</param>
internal sealed record Fault(string Name, int FirstStep, Fault.Injection Inject)
{
    private const double SpikeDeviations = 6;
    private const double ShiftDeviations = 3;

    /// <summary>Makes a faulty copy of a window.</summary>
    public delegate double[][] Injection(double[][] window, int step, Random random);

    /// <summary>Creates the faults of a recording.</summary>
    /// <param name="deviations">The standard deviation of each value around what the steps before it lead to expect.</param>
    /// <param name="steps">Steps of the recording.</param>
    public static IReadOnlyList<Fault> CreateAll(IReadOnlyList<double> deviations, IReadOnlyList<double[]> steps) =>
    [
        new($"spike of {SpikeDeviations} deviations", 0, (window, step, random) => Raise(window, step, step + 1, random.Next(deviations.Count), deviations, SpikeDeviations)),
        new("displaced step", 0, (window, step, random) => Replace(window, step, steps[random.Next(steps.Count)])),
        // A window that is shifted from its first step on has no step where the shift begins.
        new($"level shift of {ShiftDeviations} deviations", 1, (window, step, random) => Raise(window, step, window.Length, random.Next(deviations.Count), deviations, ShiftDeviations)),
    ];

    /// <summary>Makes a faulty copy of each window.</summary>
    /// <returns>The copies, and the faulty step of each, block after block.</returns>
    public (IReadOnlyList<Block> Blocks, IReadOnlyList<int> Steps) InjectAll(IReadOnlyList<Block> blocks, Random random)
    {
        var faults = new List<int>();
        return ([.. blocks.Select(block => block with { Windows = [.. block.Windows.Select(InjectOne)] })], faults);

        double[][] InjectOne(double[][] window)
        {
            faults.Add(random.Next(FirstStep, window.Length));
            return Inject(window, faults[^1], random);
        }
    }

    private static double[][] Raise(double[][] window, int first, int end, int counter, IReadOnlyList<double> deviations, double factor) =>
        [.. window.Select((values, step) => step < first || step >= end
            ? values
            : [.. values.Select((value, i) => i == counter ? CountScale.Round(value + (factor * deviations[i])) : value)])];

    private static double[][] Replace(double[][] window, int faulty, double[] other) => [.. window.Select((values, step) => step == faulty ? other : values)];
}
