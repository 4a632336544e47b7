namespace MlNetNtd;

/// <summary>Specifies the kind of object that ML.NET loads a part of a model as. It searches for a loader of that kind.</summary>
[Flags]
internal enum StageKind
{
    /// <summary>A transformer or a predictor.</summary>
    Model = 1,

    /// <summary>A transform of a loader's rows, in models of old versions.</summary>
    DataTransform = 2,

    /// <summary>The row mapper of a transform.</summary>
    RowMapper = 4,

    /// <summary>A data loader.</summary>
    DataLoader = 8,

    /// <summary>The function of one column in a normalizer.</summary>
    ColumnFunction = 16,

    /// <summary>A part that its stage reads itself, without a loader.</summary>
    Part = 32,

    /// <summary>A transformer, in any of the ways to load one.</summary>
    Transformer = Model | DataTransform | RowMapper,

    /// <summary>Any part with a loader.</summary>
    Any = Transformer | DataLoader | ColumnFunction,
}
