using System.Reflection;

namespace Microsoft.ML.Runtime;

/// <summary>The classes that can be made by name, out of the assemblies registered so far.</summary>
public sealed class ComponentCatalog
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _assemblies = [];
    private readonly Dictionary<(string Name, Type Signature), LoadableClass> _classes = [];

    internal ComponentCatalog()
    {
    }

    public void RegisterAssembly(Assembly assembly, bool throwOnError = true)
    {
        lock (_lock)
        {
            if (!_assemblies.Add(assembly.FullName))
                return;
            foreach (LoadableClassAttributeBase declared in assembly.GetCustomAttributes<LoadableClassAttributeBase>())
                Add(declared, throwOnError);
        }
    }

    /// <summary>Makes an instance of the class of that name. False where there is no such class.</summary>
    internal bool TryCreate(IHostEnvironment env, string name, Type signature, object[] arguments, out object instance)
    {
        instance = null;
        LoadableClass found;
        lock (_lock)
        {
            if (!_classes.TryGetValue((Key(name), signature), out found))
                return false;
        }

        if (found.ArgumentCount != arguments.Length)
        {
            throw env.Except("Wrong number of extra parameters for loadable class '{0}', need '{1}', given '{2}'",
                name, found.ArgumentCount, arguments.Length);
        }

        instance = found.Create(env, arguments);
        return true;
    }

    private static string Key(string name) => name.Trim().ToLowerInvariant();

    private void Add(LoadableClassAttributeBase declared, bool throwOnError)
    {
        LoadableClass loadable = LoadableClass.OrNull(declared);
        if (loadable is null)
        {
            if (throwOnError)
            {
                throw Contracts.Except(
                    $"Can't instantiate loadable class '{declared.InstanceType.Name}' with name '{declared.LoadNames[0]}'");
            }

            return;
        }

        foreach (Type signature in declared.SigTypes)
        {
            foreach (string name in declared.LoadNames)
            {
                if (!_classes.TryAdd((Key(name), signature), loadable) && throwOnError)
                {
                    throw Contracts.Except($"ComponentCatalog cannot map name '{name}' and SignatureType '{signature}' to "
                        + $"{declared.InstanceType.Name}, the name is taken already.");
                }
            }
        }
    }
}
