using System.Diagnostics;
using System.Reflection;

namespace MlNetNtd.Mpi.Tests;

/// <summary>An installed MPI.</summary>
/// <param name="program">Its mpirun.</param>
/// <param name="arguments">What it wants to be told, so that a test may use it.</param>
/// <param name="library">The library of its programs.</param>
internal sealed class Mpirun(string program, string[] arguments, string library)
{
    /// <summary>Open MPI; null: it is not installed.</summary>
    /// <remarks>By itself it starts nothing as root, as in a container, and no more processes than there are cores.</remarks>
    public static Mpirun? OpenMpi { get; } = Find("mpirun.openmpi", "Open MPI", ["--allow-run-as-root", "--oversubscribe"], "libmpi.so.40");

    /// <summary>MPICH; null: it is not installed.</summary>
    public static Mpirun? Mpich { get; } = Find("mpirun.mpich", "HYDRA", [], "libmpich.so.12");

    /// <summary>What a shell around each of MPICH's processes does, so that it is told which one died.</summary>
    public const string NamesRank = "\"$@\" || { echo \"rank $PMI_RANK ended with $?\" >&2; sleep 1; exit 1; }";

    /// <summary>What a shell around each process does, so that the one of rank 1 runs on a machine of another name.</summary>
    public const string Rank1Elsewhere =
        "[ \"${OMPI_COMM_WORLD_RANK:-$PMI_RANK}\" = 1 ] || exec \"$@\"; exec unshare --uts sh -c 'hostname elsewhere && exec \"$@\"' sh \"$@\"";

    /// <summary>The tests' program.</summary>
    public static string MpiHost { get; } = Built(nameof(MpiHost));

    /// <summary>The library of its programs.</summary>
    public string Library => library;

    /// <summary>A program that was built with the tests.</summary>
    public static string Built(string name) => typeof(Mpirun).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == name).Value!;

    /// <summary>Starts the tests' program as so many processes, and waits for them to end.</summary>
    public Ended Run(int processes, params string[] rest) =>
        Start(program, [.. arguments, "-n", $"{processes}", Dotnet, MpiHost, .. rest], []);

    /// <summary>The same, by a shell in each process.</summary>
    /// <param name="processes">How many.</param>
    /// <param name="script">What the shell does; "$@" is the program.</param>
    /// <param name="rest">What the program is told.</param>
    public Ended RunInShell(int processes, string script, params string[] rest) =>
        Start(program, [.. arguments, "-n", $"{processes}", "sh", "-c", script, "sh", Dotnet, MpiHost, .. rest], []);

    /// <summary>Starts the tests' program without mpirun.</summary>
    /// <param name="environment">Variables it finds.</param>
    /// <param name="rest">What it is told.</param>
    public static Ended RunAlone((string Name, string Value)[] environment, params string[] rest) => Start(Dotnet, [MpiHost, .. rest], environment);

    /// <summary>Runs a test in a folder of its own.</summary>
    public static void InFolder(Action<string> test)
    {
        var folder = Directory.CreateTempSubdirectory("mlnetntd-mpi-");
        try
        {
            test(folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>What starts a program of .NET.</summary>
    public static string Dotnet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    // Under the name that is its own where several are installed, or the common one.
    private static Mpirun? Find(string ownName, string says, string[] arguments, string library)
    {
        foreach (var name in new[] { ownName, "mpirun" })
        {
            try
            {
                if (Start(name, ["--version"], []).Output.Contains(says, StringComparison.Ordinal))
                    return new Mpirun(name, arguments, library);
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // There is no such program.
            }
        }

        return null;
    }

    /// <summary>Starts a program and waits for it to end.</summary>
    public static Ended Start(string program, string[] arguments, (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["OMP_NUM_THREADS"] = "1";
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromMinutes(2)))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end.\n{output.Result}\n{errors.Result}");
        }

        return new Ended(process.ExitCode, output.Result, errors.Result, watch.Elapsed);
    }

    /// <summary>How it ended.</summary>
    /// <param name="Code">The exit code.</param>
    /// <param name="Output">All that was written.</param>
    /// <param name="Errors">All that was written to the error stream.</param>
    /// <param name="Took">How long it took.</param>
    public sealed record Ended(int Code, string Output, string Errors, TimeSpan Took)
    {
        /// <summary>Everything that was written.</summary>
        public string Said => $"{Output}\n{Errors}";
    }
}
