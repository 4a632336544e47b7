using System.Globalization;
using MlNetNtd.Tests;

namespace MlNetNtd.Serving.Tests;

/// <summary>The server as NativeAOT is one small program.</summary>
[TestClass]
[DoNotParallelize]
public sealed class NativeServerTests
{
    private const int AtOnce = 64;
    private const int Requests = 1024;
    private const long MaxProgramBytes = 14 << 20;
    private const long MaxResidentBytes = 64 << 20;

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [FullRun]
    [NeedsNativeCompiler]
    public async Task Native_program_of_at_most_14_MB_serves_1024_requests_in_64_MB()
    {
        using var folder = new ModelFolder();
        var output = Directory.CreateTempSubdirectory("mlnetntd-serving-").FullName;
        try
        {
            using (var publish = ServerProcess.StartDotnet(
                "publish", Path.Combine(BuildFacts.RepoRoot, "examples", "Serving"), "-o", Path.Combine(output, "program"), "--artifacts-path", Path.Combine(output, "artifacts"), "-nodeReuse:false"))
            {
                Assert.AreEqual(0, await publish.WaitForExitAsync(), string.Join('\n', publish.Log));
            }

            var program = Path.Combine(output, "program", OperatingSystem.IsWindows() ? "Serving.exe" : "Serving");
            var bytes = new FileInfo(program).Length;
            using var server = ServerProcess.StartNative(program, ServerProcess.OptionsFor(folder.Path));
            var address = await server.WaitForAddressAsync();
            var idle = server.ResidentBytes;
            var first = await LoadGenerator.SendAsync(address, "one two three four five six", requests: 1, atOnce: 1);
            var answers = await LoadGenerator.SendAsync(address, "one two three four five six", Requests, AtOnce);
            var resident = server.ResidentBytes;

            var expected = ModelFolder.Score(seed: 1, "one", "two", "three", "four", "five", "six");
            foreach (var (answer, _) in answers.Concat(first))
            {
                foreach (var (probability, word) in expected.Zip(answer.Words))
                    Assert.AreEqual(probability, word.Probability!.Value, 1e-5f);
            }

            TestContext.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"Program {bytes / 1e6:F1} MB; resident {idle / 1e6:F1} MB at the start, {resident / 1e6:F1} MB after {Requests} requests, {AtOnce} at once; p99 {LoadGenerator.GetPercentile(answers.Select(answer => answer.Milliseconds), 0.99):F1} ms"));
            Assert.IsEmpty(Directory.GetFiles(Path.GetDirectoryName(program)!, "*.dll"));
            Assert.IsLessThanOrEqualTo(MaxProgramBytes, bytes);
            Assert.IsLessThanOrEqualTo(MaxResidentBytes, resident);
            server.Terminate();
            Assert.AreEqual(0, await server.WaitForExitAsync());
        }
        finally
        {
            Directory.Delete(output, recursive: true);
        }
    }
}
