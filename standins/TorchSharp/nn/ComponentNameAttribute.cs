#nullable disable
using System.Reflection;

namespace TorchSharp.Utils
{
    /// <summary>Registers a field of a module under another name than its own.</summary>
    [AttributeUsage(AttributeTargets.All)]
    public class ComponentNameAttribute : Attribute
    {
        public string Name { get; set; }
    }
}

namespace TorchSharp
{
    /// <summary>Names of registered fields.</summary>
    public static class FieldInfoExtensionMethods
    {
        public static string ComponentName(this FieldInfo field) =>
            field.GetCustomAttribute<Utils.ComponentNameAttribute>()?.Name ?? field.Name;
    }
}
