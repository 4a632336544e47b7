using System.Globalization;

namespace MlNetNtd.Tests;

/// <summary>A process without native libtorch trains by the managed engine, and says what needs libtorch and which package has it.</summary>
[TestClass]
public sealed class MissingLibtorchTests
{
    [TestMethod]
    public void Process_without_libtorch_trains_and_scores() => AssertTrained(TrainingProcess.RunWithoutLibtorch());

    [TestMethod]
    public void Auto_falls_back_to_the_managed_engine_with_a_warning_where_a_GPU_is_asked_for()
    {
        var lines = TrainingProcess.RunWithoutLibtorch("Gpu=0");

        AssertTrained(lines);
        Assert.Contains("warning=GpuDeviceId = 0, but no CUDA device is available; running on the CPU.", lines);
    }

    [TestMethod]
    [DataRow("Engine=Torch", "Engine = Torch")]
    [DataRow("AttentionDropout=0.5", "AttentionDropout above 0")]
    [DataRow("OtherMasks=true", "A mask of column 'Mask' that does not follow the next-token rule")]
    public void Training_that_needs_the_Torch_engine_names_the_package_to_add(string setting, string need)
    {
        var lines = TrainingProcess.RunWithoutLibtorch(setting);

        Assert.Contains(
            line => line.StartsWith($"error={need} needs native libtorch, which could not be loaded. Add the package libtorch-cpu-", StringComparison.Ordinal),
            lines, string.Join('\n', lines));
    }

    private static void AssertTrained(string[] lines)
    {
        var score = lines.Single(line => line.StartsWith("score=", StringComparison.Ordinal))["score=".Length..];
        Assert.IsTrue(float.TryParse(score, NumberStyles.Float, CultureInfo.InvariantCulture, out var mean) && float.IsFinite(mean), score);
        Assert.Contains("libtorch=", lines);
    }
}
