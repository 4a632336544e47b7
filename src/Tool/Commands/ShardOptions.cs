using System.CommandLine;

namespace MlNetNtd.Tool;

/// <summary>The options that divide input files among processes.</summary>
internal sealed class ShardOptions
{
    private readonly Option<string> _shard = new("--shard")
    {
        Description = "Takes a share of the files: 3/16 is the third of 16; none: all files; auto: as mpirun, srun or an indexed Kubernetes job says",
        HelpName = "INDEX/COUNT",
        DefaultValueFactory = _ => Shard.Automatic,
    };

    private readonly Option<int?> _count = new("--shard-count")
    {
        Description = "The number of shards where the environment tells the index only, as an indexed Kubernetes job does",
        HelpName = "COUNT",
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_shard);
        command.Add(_count);
    }

    /// <summary>Determines the shard.</summary>
    /// <exception cref="ToolException">The options or the environment make no shard.</exception>
    public Shard Read(ParseResult result, ToolConsole console) => Shard.Find(result.GetValue(_shard)!, result.GetValue(_count), console.Environment);
}
