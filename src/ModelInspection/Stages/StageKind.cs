namespace MlNetNtd;

/// <summary>As what ML.NET loads a part of a model: it looks for a loader of this kind under the part's name.</summary>
[Flags]
internal enum StageKind
{
    /// <summary>A transformer or a predictor, in chains.</summary>
    Model = 1,

    /// <summary>A transform of a loader's rows, in models of earlier versions.</summary>
    DataTransform = 2,

    /// <summary>What a transform of rows does to one row.</summary>
    RowMapper = 4,

    /// <summary>A loader of rows.</summary>
    DataLoader = 8,

    /// <summary>A column's function in a normalizer.</summary>
    ColumnFunction = 16,

    /// <summary>A part that its stage reads itself: no loader is looked for.</summary>
    Part = 32,

    /// <summary>A transformer, whichever way it is loaded.</summary>
    Transformer = Model | DataTransform | RowMapper,

    /// <summary>Whatever has a loader.</summary>
    Any = Transformer | DataLoader | ColumnFunction,
}
