using Mono.Cecil;
using Mono.Cecil.Rocks;

namespace MlNetNtd.Build;

/// <summary>Copies of assemblies, for the compiler alone, in which some internal members are public.</summary>
internal static class Opener
{
    /// <summary>Writes the copies.</summary>
    /// <param name="ids">Documentation ids of types, methods and fields.</param>
    /// <param name="assemblies">Paths of the assemblies.</param>
    /// <param name="output">The folder for the copies.</param>
    /// <returns>The ids that name nothing internal in any of the assemblies.</returns>
    public static IReadOnlyCollection<string> Open(IReadOnlyCollection<string> ids, IReadOnlyList<string> assemblies, string output)
    {
        Directory.CreateDirectory(output);
        var left = ids.ToHashSet(StringComparer.Ordinal);
        using var resolver = new DefaultAssemblyResolver();
        foreach (var folder in assemblies.Select(Path.GetDirectoryName).Distinct())
            resolver.AddSearchDirectory(folder);
        foreach (var path in assemblies)
        {
            using var assembly = AssemblyDefinition.ReadAssembly(path, new ReaderParameters { AssemblyResolver = resolver });
            foreach (var type in assembly.MainModule.GetTypes())
                Open(type, left);

            // Written beside and moved into place: a compiler that is reading finds a whole file.
            var copy = Path.Combine(output, Path.GetFileName(path));
            var beside = $"{copy}.{Environment.ProcessId}";
            assembly.Write(beside);
            File.Move(beside, copy, overwrite: true);
        }

        return left;
    }

    private static void Open(TypeDefinition type, HashSet<string> left)
    {
        if (!type.IsPublic && !type.IsNestedPublic && left.Remove(DocCommentId.GetDocCommentId(type)))
        {
            if (type.IsNested)
                type.IsNestedPublic = true;
            else
                type.IsPublic = true;
        }

        foreach (var method in type.Methods)
        {
            if (!method.IsPublic && left.Remove(DocCommentId.GetDocCommentId(method)))
                method.IsPublic = true;
        }

        foreach (var field in type.Fields)
        {
            if (!field.IsPublic && left.Remove(DocCommentId.GetDocCommentId(field)))
                field.IsPublic = true;
        }
    }
}
