using MlNetNtd.Tool;

return await CommandLine.RunAsync(args, ToolConsole.System());
