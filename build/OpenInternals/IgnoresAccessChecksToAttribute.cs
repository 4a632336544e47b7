namespace System.Runtime.CompilerServices;

/// <summary>
/// Makes the runtime, which knows it by this name, let this assembly use internals of another. It is in no reference
/// assembly, so each assembly that uses it has its own.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
internal sealed class IgnoresAccessChecksToAttribute(string assemblyName) : Attribute
{
    public string AssemblyName { get; } = assemblyName;
}
