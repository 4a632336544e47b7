using System.Globalization;

namespace MlNetNtd.Fuzz;

/// <summary>Corpora and dictionaries as other fuzzers take them, and the inputs that were findings.</summary>
internal static class Corpora
{
    /// <summary>Writes <c>target/corpus/0.bin</c>, ... and <c>target/target.dict</c>.</summary>
    public static int Write(string folder, IEnumerable<FuzzTarget> targets)
    {
        foreach (var target in targets)
        {
            var inputs = Directory.CreateDirectory(Path.Combine(folder, target.Name, "corpus")).FullName;
            for (var i = 0; i < target.Corpus.Count; i++)
                File.WriteAllBytes(Path.Combine(inputs, $"{i.ToString(CultureInfo.InvariantCulture)}.bin"), target.Corpus[i]);
            File.WriteAllLines(
                Path.Combine(folder, target.Name, $"{target.Name}.dict"),
                target.Dictionary.Select(word => $"\"{string.Concat(word.Select(letter => $"\\x{letter:X2}"))}\""));
        }

        return 0;
    }

    /// <summary>The inputs that were findings once, of a target.</summary>
    public static IEnumerable<(string Name, byte[] Input)> Findings(FuzzTarget target)
    {
        var assembly = typeof(Corpora).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith($"Findings/{target.Name}/", StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            var input = new byte[stream.Length];
            stream.ReadExactly(input);
            yield return (name, input);
        }
    }
}
