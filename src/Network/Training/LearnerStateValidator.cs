namespace MlNetNtd;

/// <summary>What a learner's state can be: it may come from a file.</summary>
internal static class LearnerStateValidator
{
    /// <summary>What is wrong with a state, of a network of these sizes; null when nothing is.</summary>
    public static string? FindProblem(DiscriminatorLearnerState state, DiscriminatorConfig shape)
    {
        if (state.Weights is null || new StateDictionary(shape, state.Weights).FindMismatch() is not null)
            return state.Weights is null ? "expected weights, found none" : new StateDictionary(shape, state.Weights).FindMismatch();
        var length = FlatParameters.LengthOf(shape);
        if (state.Mean?.Length != length || state.Square?.Length != length)
            return $"expected {length} values of the optimizer twice, found {Text(state.Mean)} and {Text(state.Square)}";
        // Sums of finite gradients, and of their squares, which may be too large.
        var place = Array.FindIndex(state.Mean, value => !float.IsFinite(value));
        if (place >= 0)
            return FormattableString.Invariant($"every mean of the optimizer must be finite, found {state.Mean[place]} at position {place}");
        place = Array.FindIndex(state.Square, value => !(value >= 0));
        if (place >= 0)
            return FormattableString.Invariant($"every mean square of the optimizer must be 0 or positive, found {state.Square[place]} at position {place}");
        if (state.Steps < 0)
            return $"expected 0 steps or more, found {state.Steps}";
        if (state.Passes < 0)
            return $"expected 0 passes or more, found {state.Passes}";
        return state.OptimizerSteps is < 0 or int.MaxValue ? $"expected 0 steps of the optimizer or more, below {int.MaxValue}, found {state.OptimizerSteps}" : null;
    }

    private static string Text(float[]? values) => values is null ? "none" : $"{values.Length}";
}
