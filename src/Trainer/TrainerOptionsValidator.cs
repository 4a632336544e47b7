namespace MlNetNtd;

/// <summary>Validates the trainer's options when the trainer is created.</summary>
internal static class TrainerOptionsValidator
{
    /// <summary>Finds the first invalid option.</summary>
    /// <param name="options">The options, with null for everything unset.</param>
    /// <returns>The name of the option and a description of the problem; null if all options are valid.</returns>
    public static (string Option, string Problem)? Validate(NextTokenDiscriminatorTrainer.Options options) =>
        FindNameProblem(options)
        ?? FindSizeProblem(options)
        ?? ScorerSettings.FindBatchProblem(options.BatchSize)
        ?? ScorerSettings.FindPolicyProblem(options.BadRowPolicy)
        ?? FindEngineProblem(options)
        ?? FindRateProblem(options)
        ?? FindStopProblem(options)
        ?? FindCheckpointProblem(options)
        ?? FindProcessProblem(options);

    private static (string Option, string Problem)? FindNameProblem(NextTokenDiscriminatorTrainer.Options options)
    {
        if (string.IsNullOrWhiteSpace(options.LabelColumnName))
            return (nameof(options.LabelColumnName), "a column name is needed, found none");
        if (options.ExampleWeightColumnName is { } weight && string.IsNullOrWhiteSpace(weight))
            return (nameof(options.ExampleWeightColumnName), "a column name, or an empty one (no such column), is needed, found a blank name");
        if (options.SamplingKeyColumnName is { } key && string.IsNullOrWhiteSpace(key))
            return (nameof(options.SamplingKeyColumnName), "a column name, or an empty one (each row by itself), is needed, found a blank name");
        return NextTokenDiscriminatorTrainer.Columns(options).FindProblem();
    }

    // Sizes that are not known yet are replaced by the smallest ones.
    private static (string Option, string Problem)? FindSizeProblem(NextTokenDiscriminatorTrainer.Options options)
    {
        if (DiscriminatorConfig.FindOptionProblem(
            options.ModelDimension, options.Heads, options.Layers, options.FeedForwardDimension) is { } problem)
        {
            return problem;
        }

        return NextTokenDiscriminatorTrainer.CreateConfig(
            options, options.EmbeddingDimension ?? 1, options.MaxTokens ?? 1).FindProblem();
    }

    private static (string Option, string Problem)? FindEngineProblem(NextTokenDiscriminatorTrainer.Options options)
    {
        if (ScorerSettings.FindEngineProblem(options.Engine, options.Precision) is { } problem)
            return problem;
        return options is { Engine: EngineKind.Managed, AttentionDropout: > 0 }
            ? (nameof(options.Engine), FormattableString.Invariant($"Managed computes no attention dropout, expected AttentionDropout = 0, found {options.AttentionDropout}"))
            : null;
    }

    private static (string Option, string Problem)? FindRateProblem(NextTokenDiscriminatorTrainer.Options options)
    {
        if (!(options.LearningRate > 0 && double.IsFinite(options.LearningRate)))
            return (nameof(options.LearningRate), FormattableString.Invariant($"expected a positive number, found {options.LearningRate}"));
        if (!(options.WeightDecay >= 0 && double.IsFinite(options.WeightDecay)))
            return (nameof(options.WeightDecay), FormattableString.Invariant($"expected 0 or a positive number, found {options.WeightDecay}"));
        // The optimizer's own limits.
        if (options.ToLearnerOptions(1).FindProblem() is { Option: nameof(options.LearningRate) or nameof(options.WeightDecay) } problem)
            return problem;
        if (!(options.WarmupFraction is >= 0 and <= 1))
            return (nameof(options.WarmupFraction), FormattableString.Invariant($"expected 0 to 1, found {options.WarmupFraction}"));
        if (options.MaxGradientNorm is { } norm && !(norm > 0 && double.IsFinite(norm)))
            return (nameof(options.MaxGradientNorm), FormattableString.Invariant($"expected a positive number, or 0 (none), found {norm}"));
        return null;
    }

    private static (string Option, string Problem)? FindStopProblem(NextTokenDiscriminatorTrainer.Options options)
    {
        if (DiscriminatorLoss.FindProblem(options.LossKind) is { } problem)
            return (nameof(options.LossKind), problem);
        if (options is { LossKind: LossKind.RankingNce, CandidatesPerToken: 1 })
            return (nameof(options.LossKind), "RankingNce needs at least 2 candidates of each token (CandidatesPerToken), found 1");
        if (options.GradientAccumulationSteps < 1)
            return (nameof(options.GradientAccumulationSteps), $"expected at least 1, found {options.GradientAccumulationSteps}");
        if (options.MaxCacheBytes is < 0)
            return (nameof(options.MaxCacheBytes), $"expected a positive number, or 0 (a share of the memory), found {options.MaxCacheBytes}");
        if (options.ShuffleBufferBytes < 1)
            return (nameof(options.ShuffleBufferBytes), $"expected at least 1, found {options.ShuffleBufferBytes}");
        if (options.Epochs < 1)
            return (nameof(options.Epochs), $"expected at least 1 epoch, or 0 (the default), found {options.Epochs}");
        if (!(options.ValidationFraction is >= 0 and < 1))
            return (nameof(options.ValidationFraction), FormattableString.Invariant($"expected 0 up to but not including 1, found {options.ValidationFraction}"));
        if (!Enum.IsDefined(options.MonitorMetric))
            return (nameof(options.MonitorMetric), $"expected one of {string.Join(", ", Enum.GetNames<MonitorMetric>())}, found {(int)options.MonitorMetric}");
        if (options.Patience is < 1)
            return (nameof(options.Patience), $"expected at least 1 epoch, or 0 (none), found {options.Patience}");
        if (options.InitialWeightsPath is not null && string.IsNullOrWhiteSpace(options.InitialWeightsPath))
            return (nameof(options.InitialWeightsPath), "a path, or an empty one (random weights), is needed, found a blank one");
        return null;
    }

    private static (string Option, string Problem)? FindProcessProblem(NextTokenDiscriminatorTrainer.Options options) =>
        options is { InputIsSharded: true, ProcessGroup.WorldSize: > 1 and var count } && options.RowsPerStep % count != 0
            ? (nameof(options.InputIsSharded),
                $"expected BatchSize * GradientAccumulationSteps to be a multiple of the {count} processes, found {options.RowsPerStep}")
            : null;

    private static (string Option, string Problem)? FindCheckpointProblem(NextTokenDiscriminatorTrainer.Options options)
    {
        if (options.CheckpointPath is not null && string.IsNullOrWhiteSpace(options.CheckpointPath))
            return (nameof(options.CheckpointPath), "a path, or an empty one (no checkpoints), is needed, found a blank one");
        if (options.CheckpointSteps < 0)
            return (nameof(options.CheckpointSteps), $"expected 0 (none within an epoch) or more, found {options.CheckpointSteps}");
        if (!(options.CheckpointSeconds >= 0 && double.IsFinite(options.CheckpointSeconds)))
            return (nameof(options.CheckpointSeconds), FormattableString.Invariant($"expected 0 (none within an epoch) or more, found {options.CheckpointSeconds}"));
        if (!(options.ProgressSeconds >= 0 && double.IsFinite(options.ProgressSeconds)))
            return (nameof(options.ProgressSeconds), FormattableString.Invariant($"expected 0 (never) or more, found {options.ProgressSeconds}"));
        if (options.MaxNonFiniteSteps < 0)
            return (nameof(options.MaxNonFiniteSteps), $"expected 0 or more, found {options.MaxNonFiniteSteps}");
        return null;
    }
}
