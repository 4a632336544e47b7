using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace MlNetNtd.Benchmarks.Quality;

/// <summary>
/// The discriminator's network, loss, optimizer and schedule in PyTorch, by the script twin.py beside the program. It reads the same rows and
/// splits off validation documents of its own.
/// </summary>
/// <param name="options">Creates the options of the discriminator, whose values the script takes.</param>
internal sealed class PyTorchTwin(Func<NextTokenDiscriminatorTrainer.Options> options) : IContender
{
    // A Python of the user's own, if it comes first in PATH and has no torch, must not hide Debian's.
    private static readonly Lazy<string?> Python = new(() => new[] { "python3", "/usr/bin/python3" }.FirstOrDefault(HasTorch));

    public string Name => "PyTorch twin";

    public string? FindMissing() => Python.Value is null ? "PyTorch (Debian: apt-get install python3-torch libopenblas0-pthread)" : null;

    public ContenderScores Run(QualityTask task)
    {
        var folder = Directory.CreateTempSubdirectory("quality");
        try
        {
            var (input, output) = (Path.Combine(folder.FullName, "rows.safetensors"), Path.Combine(folder.FullName, "scores.safetensors"));
            Write(input, task);
            var said = Execute(Python.Value!, Path.Combine(AppContext.BaseDirectory, "Quality", "Contenders", "twin.py"), input, output);
            var scores = Safetensors.Read(output)["scores"].AsSingles().ToArray();
            var seconds = double.Parse(said.Split(' ')[0], CultureInfo.InvariantCulture);
            return new ContenderScores([.. scores.Chunk(task.WindowTokens)], seconds, said);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static bool HasTorch(string python)
    {
        try
        {
            Execute(python, "-c", "import torch, numpy");
            return true;
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException)
        {
            return false;
        }
    }

    private static string Execute(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} ended with exit code {process.ExitCode}: {errors.Result.Trim()}");
    }

    private static TensorData ToTensor(int[][] rows) => ToTensor([rows.Length, rows[0].Length], rows.SelectMany(row => row));

    private static TensorData ToTensor(long[] shape, IEnumerable<int> values) => new("I32", [.. shape], MemoryMarshal.AsBytes<int>(values.ToArray()).ToArray());

    private void Write(string path, QualityTask task)
    {
        var (training, test, table) = (task.TrainingRows, task.TestRows, task.Models.Embeddings);
        var embeddings = new float[table.Count * table.Dimension];
        for (var id = 0; id < table.Count; id++)
            table[id].CopyTo(embeddings.AsSpan(id * table.Dimension));
        var chosen = options();
        chosen.Seed = task.Seed;
        Safetensors.Write(
            path,
            new Dictionary<string, TensorData>
            {
                ["embeddings"] = TensorData.FromSingles([table.Count, table.Dimension], embeddings),
                ["training_real"] = ToTensor(training.Real),
                ["training_candidates"] = ToTensor(training.Candidates),
                ["training_labels"] = ToTensor([.. training.Labels.Select(row => Array.ConvertAll(row, label => label ? 1 : 0))]),
                ["training_documents"] = ToTensor([training.Count], training.Documents),
                ["test_real"] = ToTensor(test.Real),
                ["test_candidates"] = ToTensor(test.Candidates),
            },
            new Dictionary<string, string> { ["options"] = JsonSerializer.Serialize(chosen) });
    }
}
