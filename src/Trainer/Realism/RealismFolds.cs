using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>Divides sequences into folds, so that sequences of one key share a fold.</summary>
internal static class RealismFolds
{
    /// <summary>Assigns a fold to each sequence.</summary>
    /// <exception cref="InvalidOperationException">There are fewer than two real or two synthetic keys a fold.</exception>
    public static int[] Assign(IExceptionContext context, IReadOnlyList<RealismSequence> sequences, RealismOptions options)
    {
        var kinds = sequences.GroupBy(sequence => sequence.Key)
            .ToDictionary(group => group.Key, group => (Real: group.Any(sequence => sequence.IsReal), Synthetic: group.Any(sequence => !sequence.IsReal)));
        var keys = kinds.Keys.Order().ToArray();
        new Random(options.Seed).Shuffle(keys);
        // Keys of one kind follow each other, so that each fold gets its share of them.
        var folds = keys.OrderBy(key => kinds[key]).Select((key, index) => (key, Fold: index % options.NumberOfFolds)).ToDictionary(pair => pair.key, pair => pair.Fold);
        Check(context, kinds.Where(key => key.Value.Real).Select(key => folds[key.Key]), "real", options);
        Check(context, kinds.Where(key => key.Value.Synthetic).Select(key => folds[key.Key]), "synthetic", options);
        return [.. sequences.Select(sequence => folds[sequence.Key])];
    }

    // Two in each fold are the fewest whose scores vary, so that there is an interval.
    private static void Check(IExceptionContext context, IEnumerable<int> folds, string kind, RealismOptions options)
    {
        var counts = new int[options.NumberOfFolds];
        foreach (var fold in folds)
            counts[fold]++;
        if (counts.Min() >= 2)
            return;
        var unit = UnsetValue.ToNull(options.SamplingKeyColumnName) is { } column ? $"values of column '{column}'" : "sequences";
        throw context.Unable(
            $"Expected at least {2 * options.NumberOfFolds} {kind} {unit}, two for each of {options.NumberOfFolds} folds (NumberOfFolds), found {counts.Sum()}.");
    }
}
