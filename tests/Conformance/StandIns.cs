using System.Runtime.Loader;

namespace MlNetNtd.Conformance.Tests;

/// <summary>The stand-ins, loaded apart, so that their types do not meet the real ones of the same names.</summary>
internal static class StandIns
{
    public const string MicrosoftML = "MlNetNtd.StandIns.MicrosoftML";
    public const string TorchSharp = "MlNetNtd.StandIns.TorchSharp";

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "standins");

    private static readonly Lazy<AssemblyLoadContext> Context = new(() =>
    {
        var context = new AssemblyLoadContext("stand-ins");
        context.Resolving += (_, name) => File.Exists(PathOf(name.Name!)) ? context.LoadFromAssemblyPath(PathOf(name.Name!)) : null;
        return context;
    });

    /// <summary>Every type of a stand-in, internal ones included.</summary>
    public static Type[] Types(string assembly) => Context.Value.LoadFromAssemblyPath(PathOf(assembly)).GetTypes();

    /// <summary>The types that users of a stand-in see.</summary>
    public static Type[] VisibleTypes(string assembly) => [.. Types(assembly).Where(IsVisible)];

    // A protected nested type is visible to derived classes.
    private static bool IsVisible(Type type) => type.IsNested
        ? (type.IsNestedPublic || type.IsNestedFamily || type.IsNestedFamORAssem) && IsVisible(type.DeclaringType!)
        : type.IsPublic;

    private static string PathOf(string assembly) => Path.Combine(Folder, assembly + ".dll");
}
