namespace MlNetNtd.Serving;

/// <summary>The names of the two files of a model, which examples/WordModel writes into one folder.</summary>
internal static class ServedFiles
{
    /// <summary>The pipeline, as <c>mlContext.Model.Save</c> writes it.</summary>
    public const string Scorer = "model.zip";

    /// <summary>The words and their embeddings.</summary>
    public const string Vocabulary = "words.safetensors";
}
