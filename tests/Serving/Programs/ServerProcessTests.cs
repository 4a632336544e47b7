using System.Net.Sockets;
using System.Text;

namespace MlNetNtd.Serving.Tests;

/// <summary>The program starts, says what is wrong, and ends.</summary>
[TestClass]
public sealed class ServerProcessTests
{
    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    public async Task Request_in_flight_is_answered_before_the_program_ends()
    {
        using var folder = new ModelFolder();
        using var server = ServerProcess.Start(ServerProcess.OptionsFor(folder.Path));
        var address = await server.WaitForAddressAsync();
        var body = """{"text": "one two"}"""u8.ToArray();
        using var connection = new TcpClient();
        await connection.ConnectAsync(address.Host, address.Port);
        var stream = connection.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /score HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nExpect: 100-continue\r\n\r\n"));
        // The server asks for the body: the request is in its hands.
        Assert.Contains("100 Continue", await ReadAsync(stream));
        await stream.WriteAsync(body.AsMemory(0, 5));

        server.Terminate();
        await WaitForRefusedConnections(address);
        await stream.WriteAsync(body.AsMemory(5));

        var answer = await ReadAsync(stream);
        Assert.StartsWith("HTTP/1.1 200 OK", answer);
        Assert.AreEqual(0, await server.WaitForExitAsync(), string.Join('\n', server.Log));
    }

    [TestMethod]
    public async Task Folder_without_a_model_is_named_in_one_sentence_with_exit_code_1()
    {
        using var server = ServerProcess.Start(ServerProcess.OptionsFor("no-such-folder"));

        Assert.AreEqual(1, await server.WaitForExitAsync());
        Assert.AreEqual($"{Path.Combine("no-such-folder", ServedFiles.Scorer)}: expected a file, found none.", server.Log.Single());
    }

    [TestMethod]
    [DataRow("--Serving:MaxWords=0", "Serving:MaxWords: expected at least 1, found 0.")]
    [DataRow("--Serving:MaxWords=many", "Failed to convert configuration value")]
    public async Task Bad_option_is_named_in_one_sentence_with_exit_code_1(string option, string sentence)
    {
        using var folder = new ModelFolder();
        using var server = ServerProcess.Start(ServerProcess.OptionsFor(folder.Path, option));

        Assert.AreEqual(1, await server.WaitForExitAsync());
        Assert.StartsWith(sentence, server.Log.Single());
    }

    [TestMethod]
    public async Task Port_that_is_taken_is_named_with_exit_code_1()
    {
        using var folder = new ModelFolder();
        await using var other = await Server.StartAsync(folder);
        using var server = ServerProcess.Start($"--urls={other.Address}", $"--Serving:Model={folder.Path}");

        Assert.AreEqual(1, await server.WaitForExitAsync());
        Assert.Contains($"Failed to bind to address {other.Address.ToString().TrimEnd('/')}: address already in use.", server.Log);
    }

    [TestMethod]
    public async Task Log_says_which_model_serves_and_in_one_line_why_a_change_does_not_and_nothing_of_requests()
    {
        using var folder = new ModelFolder();
        using var server = ServerProcess.Start(ServerProcess.OptionsFor(folder.Path, "--Serving:ReloadMilliseconds=10"));
        using var client = new HttpClient { BaseAddress = await server.WaitForAddressAsync() };
        await client.GetStringAsync("health");

        File.Delete(folder.ModelPath);

        var end = DateTime.UtcNow + Server.Limit;
        while (!server.Log.Any(line => line.Contains($"{folder.ModelPath}: expected a file, found none. Model ", StringComparison.Ordinal) && line.EndsWith(" keeps serving.", StringComparison.Ordinal)))
        {
            Assert.IsLessThan(end, DateTime.UtcNow, string.Join('\n', server.Log));
            await Task.Delay(10);
        }

        Assert.Contains(line => line.EndsWith($" of {folder.Path} serves.", StringComparison.Ordinal), server.Log);
        Assert.DoesNotContain(line => line.Contains("/health", StringComparison.Ordinal), server.Log);
    }

    private static async Task<string> ReadAsync(NetworkStream stream)
    {
        var buffer = new byte[4096];
        return Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer).AsTask().WaitAsync(Server.Limit));
    }

    private static async Task WaitForRefusedConnections(Uri address)
    {
        var end = DateTime.UtcNow + Server.Limit;
        while (true)
        {
            try
            {
                using var connection = new TcpClient();
                await connection.ConnectAsync(address.Host, address.Port);
            }
            catch (SocketException)
            {
                return;
            }

            Assert.IsLessThan(end, DateTime.UtcNow, "The server still takes connections.");
            await Task.Delay(10);
        }
    }
}
