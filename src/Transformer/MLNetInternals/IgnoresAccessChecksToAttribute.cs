namespace System.Runtime.CompilerServices;

/// <summary>
/// On an assembly, lets it use internals of another. The runtime knows the attribute by its name, and no reference
/// assembly has it. build/OpenInternals puts it on each assembly of ours that needs it.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
internal sealed class IgnoresAccessChecksToAttribute(string assemblyName) : Attribute
{
    public string AssemblyName { get; } = assemblyName;
}
