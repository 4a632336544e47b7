namespace MlNetNtd;

/// <summary>Options of <see cref="ResidualModel"/>.</summary>
public sealed class ResidualModelOptions
{
    /// <summary>V: the generator's token ids are 0 to V - 1. It has to be set.</summary>
    public int VocabularySize { get; set; }

    /// <summary>K, the number of draws of the generator for each position. Default: 8.</summary>
    public int Candidates { get; set; } = 8;

    /// <summary>The factor of scores; <see cref="ResidualModel.FitAlpha"/> fits it. Default: 1.</summary>
    public double Alpha { get; set; } = 1;

    /// <summary>
    /// The features beside the embedding of each token: those of the rows that the token scorer was trained on. Null: embeddings alone.
    /// </summary>
    public TokenFeatures? TokenFeatures { get; set; }

    /// <summary>Decides draws and picks. Default: 1.</summary>
    public int Seed { get; set; } = 1;
}
