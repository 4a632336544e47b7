namespace MlNetNtd.Benchmarks.Quality;

/// <summary>A text from a file of your own: documents are separated by blank lines.</summary>
internal static class TextFile
{
    public static Corpus Load(string path) => new(
        Path.GetFileNameWithoutExtension(path),
        [.. File.ReadAllText(path).ReplaceLineEndings("\n").Split("\n\n")
            .Select(document => WordSplitter.Split(document).ToArray())
            .Where(words => words.Length > 0)]);
}
