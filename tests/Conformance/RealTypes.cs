using System.Reflection;

namespace MlNetNtd.Conformance.Tests;

/// <summary>The types of the real assemblies, which lie beside the tests.</summary>
internal sealed class RealTypes
{
    private readonly Dictionary<string, Type> _types = [];

    private RealTypes(IEnumerable<Assembly> assemblies)
    {
        foreach (var type in assemblies.SelectMany(assembly => assembly.GetTypes()))
        {
            // Internal helpers have the same name in several assemblies; what is visible has one.
            var name = TypeText.Name(type);
            if (type.IsVisible || !_types.ContainsKey(name))
                _types[name] = type;
        }
    }

    /// <summary>All of Microsoft.ML and TorchSharp that an application gets.</summary>
    public static RealTypes Load() => new(new[] { "Microsoft.ML*.dll", "TorchSharp.dll" }
        .SelectMany(pattern => Directory.GetFiles(AppContext.BaseDirectory, pattern))
        .Select(path => Assembly.Load(Path.GetFileNameWithoutExtension(path))));

    /// <summary>A type by its full name, internal ones included; null where there is none.</summary>
    public Type? Find(string name) => _types.GetValueOrDefault(name);
}
