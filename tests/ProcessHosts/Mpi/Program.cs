using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using MlNetNtd;

// What one of the processes does: collectives FOLDER, life FOLDER, abort RANK, die RANK, leave RANK HOW WAITING, or train (DistributedRun says how).
using var processes = MpiProcessGroup.Initialize();
if (processes.Rank == 0)
    Console.WriteLine(processes);
switch (args)
{
    case ["collectives", var folder]:
        File.WriteAllLines(Path.Combine(folder, $"{processes.Rank}"), Collectives());
        return;
    case ["life", var folder]:
        File.WriteAllLines(Path.Combine(folder, $"{processes.Rank}"), Life());
        return;
    case ["abort", var rank]:
        WaitForEverUnless(rank, () => processes.Abort("no more rows"));
        return;
    case ["die", var rank]:
        // As by kill -9, or by a machine without memory: without a word.
        WaitForEverUnless(rank, () => Process.GetCurrentProcess().Kill());
        return;
    case ["leave", var rank, var how, var waiting]:
        if (rank is "all" || processes.Rank == int.Parse(rank, CultureInfo.InvariantCulture))
        {
            if (how is "throws")
                throw new FileNotFoundException("Could not find rows.csv on this machine.");
            return;
        }

        // Long enough that the other leaves alone.
        Thread.Sleep(1500);
        Wait(waiting);
        return;
    case ["train", .. var rest]:
        DistributedRun.Run(processes, rest);
        return;
    default:
        throw new ArgumentException($"Expected collectives, life, abort, die, leave or train, found {string.Join(' ', args)}.");
}

void WaitForEverUnless(string rank, Action act)
{
    processes.AllReduceSum(new float[1]);
    if (processes.Rank == int.Parse(rank, CultureInfo.InvariantCulture))
        act();
    processes.AllReduceSum(new float[1]);
}

void Wait(string where)
{
    switch (where)
    {
        case "Sum":
            processes.AllReduceSum(new float[1 << 20]);
            return;
        case "Broadcast":
            processes.Broadcast(new byte[1]);
            return;
        case "Gather":
            processes.AllGather([1, 2, 3]);
            return;
        default:
            DistributedRun.Run(processes, [Path.GetTempPath(), "1"]);
            return;
    }
}

// One fact a line.
string[] Collectives()
{
    var (rank, count) = (processes.Rank, processes.WorldSize);
    // Not one piece, nor some.
    const int length = CollectiveLength.Length;
    var exact = Enumerable.Range(0, length).Select(i => (float)((rank + 1) * (i % 1000))).ToArray();
    processes.AllReduceSum(exact);
    // What is rounded depends on the order: it is to be the same everywhere.
    var random = new Random(rank);
    var rounded = Enumerable.Range(0, length).Select(_ => random.NextSingle() - 0.5f).ToArray();
    processes.AllReduceSum(rounded);
    var given = Enumerable.Range(0, length).Select(i => (byte)(rank + i)).ToArray();
    processes.Broadcast(given);
    // One of them has nothing to say.
    var gathered = processes.AllGather(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat($"{rank}", rank))));
    processes.AllReduceSum([]);
    return
    [
        $"rank {rank} of {count}, {processes.LocalRank} here",
        $"exact {Hash(exact)}",
        $"rounded {Hash(rounded)}",
        $"given {Convert.ToHexString(SHA256.HashData(given))}",
        $"gathered {string.Join(' ', gathered.Select(Encoding.UTF8.GetString))}",
        $"a null is {Caught()}",
    ];
}

// From who is who to the end, a fact a line.
string[] Life()
{
    var facts = new List<string> { $"{processes}", $"{Environment.ProcessId} on {Environment.MachineName}" };
    // Whoever joined first ends it.
    using (var again = MpiProcessGroup.Initialize())
        facts.Add($"again {again.Rank} of {again.WorldSize}");
    // What the first has is longer than what the others take.
    facts.Add(Error(() => processes.Broadcast(new byte[processes.Rank == 0 ? 8 : 4])));
    processes.Dispose();
    processes.Dispose();
    facts.AddRange([
        Error(() => processes.AllReduceSum(new float[1])),
        Error(() => processes.Broadcast(new byte[1])),
        Error(() => processes.AllGather([])),
        Error(() => MpiProcessGroup.Initialize().Dispose()),
    ]);
    return [.. facts];
}

static string Error(Action act)
{
    try
    {
        act();
        return "no error";
    }
    catch (InvalidOperationException error)
    {
        return $"{error.GetType().Name}: {error.Message}".ReplaceLineEndings(" ");
    }
}

// .NET finds null references by the signal that MPI may want for itself.
static string Caught()
{
    try
    {
        return ((string?)null)!.Length.ToString(CultureInfo.InvariantCulture);
    }
    catch (NullReferenceException)
    {
        return "caught";
    }
}

static string Hash(float[] values) => Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(values.AsSpan())));
