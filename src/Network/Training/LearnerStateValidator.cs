namespace MlNetNtd;

/// <summary>Validates the state of a learner, which may come from a file.</summary>
internal static class LearnerStateValidator
{
    /// <summary>Describes why a state is invalid for a network of this configuration; null if it is valid.</summary>
    public static string? FindProblem(DiscriminatorLearnerState state, DiscriminatorConfig config)
    {
        if (state.Weights is null || new StateDictionary(config, state.Weights).FindMismatch() is not null)
            return state.Weights is null ? "expected weights, found none" : new StateDictionary(config, state.Weights).FindMismatch();
        var length = config.GetFlatLength();
        if (state.Mean?.Length != length || state.Square?.Length != length)
            return $"expected {length} values of the optimizer twice, found {Text(state.Mean)} and {Text(state.Square)}";
        // Running means of finite gradients are finite; those of their squares may overflow.
        var index = Array.FindIndex(state.Mean, value => !float.IsFinite(value));
        if (index >= 0)
            return FormattableString.Invariant($"every mean of the optimizer must be finite, found {state.Mean[index]} at position {index}");
        index = Array.FindIndex(state.Square, value => !(value >= 0));
        if (index >= 0)
            return FormattableString.Invariant($"every mean square of the optimizer must be 0 or positive, found {state.Square[index]} at position {index}");
        if (state.Steps < 0)
            return $"expected 0 steps or more, found {state.Steps}";
        if (state.Passes < 0)
            return $"expected 0 passes or more, found {state.Passes}";
        return state.OptimizerSteps is < 0 or int.MaxValue ? $"expected 0 steps of the optimizer or more, below {int.MaxValue}, found {state.OptimizerSteps}" : null;
    }

    private static string Text(float[]? values) => values is null ? "none" : $"{values.Length}";
}
