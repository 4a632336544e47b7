namespace System.Runtime.CompilerServices;

/// <summary>
/// Lets an assembly use the internals of another. The runtime recognizes the attribute by its name, and no reference
/// assembly defines it. build/OpenInternals applies it to each assembly of this library that needs it.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
internal sealed class IgnoresAccessChecksToAttribute(string assemblyName) : Attribute
{
    public string AssemblyName { get; } = assemblyName;
}
