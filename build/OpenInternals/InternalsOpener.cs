using Mono.Cecil;
using Mono.Cecil.Rocks;

namespace MlNetNtd.Build;

/// <summary>Writes copies of assemblies in which some internal members are public. Only the compiler reads the copies.</summary>
internal static class InternalsOpener
{
    /// <summary>Writes the copies.</summary>
    /// <param name="ids">The documentation ids of types, methods and fields.</param>
    /// <param name="assemblies">The paths of the assemblies.</param>
    /// <param name="output">The folder of the copies.</param>
    /// <returns>The ids that do not name an internal member of any of the assemblies.</returns>
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

            // Writes a temporary file and moves it, because a compiler may read the copy concurrently.
            var copy = Path.Combine(output, Path.GetFileName(path));
            var temporary = $"{copy}.{Environment.ProcessId}";
            assembly.Write(temporary);
            File.Move(temporary, copy, overwrite: true);
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
