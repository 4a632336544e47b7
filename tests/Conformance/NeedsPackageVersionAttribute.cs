using System.Reflection;

namespace MlNetNtd.Conformance.Tests;

/// <summary>Runs only where a real package is of the version that its stand-in stands in for.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NeedsPackageVersionAttribute : ConditionBaseAttribute
{
    public NeedsPackageVersionAttribute(string package, string version)
        : base(ConditionMode.Include)
    {
        Package = package;
        Version = version;
        IgnoreMessage = $"the stand-in is of {package} {version}";
    }

    public string Package { get; }

    public string Version { get; }

    public override string GroupName => Package;

    // The project file says which versions it is built with.
    public override bool IsConditionMet => typeof(NeedsPackageVersionAttribute).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == Package).Value == Version;
}
