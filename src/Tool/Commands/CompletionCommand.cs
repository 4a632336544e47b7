using System.CommandLine;

namespace MlNetNtd.Tool;

/// <summary>ntd completion: prints what makes a shell complete the commands.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        _ntd() {
          local IFS=$'\n'
          COMPREPLY=($(ntd "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null))
        }
        complete -o default -F _ntd ntd
        """;

    private const string Zsh = """
        _ntd() {
          local completions
          completions=("${(@f)$(ntd "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
          compadd -a completions
          _files
        }
        compdef _ntd ntd
        """;

    private const string Fish = """
        complete -c ntd -a '(ntd "[suggest:"(commandline -C)"]" (commandline) 2>/dev/null)'
        """;

    private const string PowerShell = """
        Register-ArgumentCompleter -Native -CommandName ntd -ScriptBlock {
          param($word, $line, $position)
          ntd "[suggest:$position]" "$line" 2>$null | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
        }
        """;

    private static readonly Dictionary<string, string> Scripts = new() { ["bash"] = Bash, ["zsh"] = Zsh, ["fish"] = Fish, ["powershell"] = PowerShell };

    public static Command Create(ToolConsole console)
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh, fish or powershell" };
        shell.AcceptOnlyFromAmong([.. Scripts.Keys]);
        var command = new DescribedCommand(
            "completion", "Prints a script that makes a shell complete commands and options.",
            "source <(ntd completion bash)",
            "ntd completion powershell | Out-String | Invoke-Expression") { shell };
        command.SetAction(result => console.Out.WriteLine(Scripts[result.GetValue(shell)!]));
        return command;
    }
}
