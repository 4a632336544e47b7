namespace MlNetNtd.Serving.Tests;

/// <summary>Runs only where Chromium or Chrome is installed.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class NeedsChromiumAttribute : ConditionBaseAttribute
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    public NeedsChromiumAttribute()
        : base(ConditionMode.Include) => IgnoreMessage = "needs Chromium (Debian: chromium)";

    /// <summary>The program; null where there is none.</summary>
    public static string? Program { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .SelectMany(folder => Names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);

    public override string GroupName => "Chromium";

    public override bool IsConditionMet => Program is not null;
}
