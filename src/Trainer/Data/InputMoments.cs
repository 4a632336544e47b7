namespace MlNetNtd;

/// <summary>Mean, spread and range of each input dimension over the real tokens of some rows, as processes exchange them.</summary>
/// <param name="Weight">The number of tokens, each counted with the weight of its row.</param>
/// <param name="Mean">The means, C values; empty if there are no tokens.</param>
/// <param name="SquaredDeviations">The weighted sums of squared deviations from the mean, C values.</param>
/// <param name="Lowest">The lowest values, C of them.</param>
/// <param name="Highest">The highest values, C of them.</param>
internal sealed record InputMoments(double Weight, double[] Mean, double[] SquaredDeviations, float[] Lowest, float[] Highest)
{
    /// <summary>Gets the moments of no tokens.</summary>
    public static InputMoments None { get; } = new(0, [], [], [], []);

    /// <summary>Merges the moments of processes, in the order of their ranks.</summary>
    public static InputMoments Merge(IEnumerable<InputMoments> processes)
    {
        var merged = None;
        foreach (var process in processes.Where(process => process.Weight > 0))
        {
            if (merged.Weight == 0)
            {
                merged = process with { Mean = [.. process.Mean], SquaredDeviations = [.. process.SquaredDeviations], Lowest = [.. process.Lowest], Highest = [.. process.Highest] };
                continue;
            }

            Merge(merged.Weight, merged.Mean, merged.SquaredDeviations, process.Weight, process.Mean, process.SquaredDeviations);
            for (var i = 0; i < merged.Mean.Length; i++)
            {
                merged.Lowest[i] = Math.Min(merged.Lowest[i], process.Lowest[i]);
                merged.Highest[i] = Math.Max(merged.Highest[i], process.Highest[i]);
            }

            merged = merged with { Weight = merged.Weight + process.Weight };
        }

        return merged;
    }

    /// <summary>Merges means and squared deviations into others, without cancellation where means are large (Chan, Golub and LeVeque 1983).</summary>
    public static void Merge(
        double weight, Span<double> mean, Span<double> squaredDeviations, double addedWeight, ReadOnlySpan<double> addedMean, ReadOnlySpan<double> addedDeviations)
    {
        var share = addedWeight / (weight + addedWeight);
        for (var i = 0; i < mean.Length; i++)
        {
            var distance = addedMean[i] - mean[i];
            mean[i] += distance * share;
            squaredDeviations[i] += addedDeviations[i] + distance * distance * weight * share;
        }
    }
}
