using Mono.Cecil;
using Mono.Cecil.Rocks;

namespace MlNetNtd.Packages.Tests;

/// <summary>build/OpenInternals/members.txt lists exactly the internals of ML.NET that the assemblies use.</summary>
[TestClass]
public sealed class InternalsTests
{
    private static readonly string[] Ours =
        ["MlNetNtd.Scoring", "MlNetNtd.Module", "MlNetNtd.Network", "MlNetNtd.Transformer", "MlNetNtd.Estimator", "MlNetNtd.Trainer", "MlNetNtd.ModelInspection", "MlNetNtd.Onnx"];

    [TestMethod]
    public void List_names_exactly_the_internals_that_are_used()
    {
        using var resolver = new DefaultAssemblyResolver();
        resolver.AddSearchDirectory(AppContext.BaseDirectory);

        var used = Ours.SelectMany(name => UsedBy(Path.Combine(AppContext.BaseDirectory, name + ".dll"), resolver))
            .Distinct().Order(StringComparer.Ordinal).ToArray();

        var listed = File.ReadLines(Path.Combine(BuildFacts.RepoRoot, "build", "OpenInternals", "members.txt"))
            .Where(line => line.Length > 0 && !line.StartsWith('#')).Order(StringComparer.Ordinal).ToArray();
        CollectionAssert.AreEqual(used, listed, $"used:\n{string.Join('\n', used)}\nlisted:\n{string.Join('\n', listed)}");
    }

    private static List<string> UsedBy(string path, IAssemblyResolver resolver)
    {
        using var assembly = AssemblyDefinition.ReadAssembly(path, new ReaderParameters { AssemblyResolver = resolver });
        var used = new List<string>();
        foreach (var type in assembly.MainModule.GetTypeReferences().Where(IsOfMicrosoftML))
        {
            var definition = Found(type, type.Resolve());
            if (!definition.IsPublic && !definition.IsNestedPublic)
                used.Add(DocCommentId.GetDocCommentId(definition));
        }

        foreach (var member in assembly.MainModule.GetMemberReferences().Where(member => IsOfMicrosoftML(member.DeclaringType)))
        {
            var (isPublic, definition) = Found(member, member.Resolve()) switch
            {
                MethodDefinition method => (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly, (IMemberDefinition)method),
                FieldDefinition field => (field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly, field),
                var other => throw new InvalidOperationException($"{other} is no method and no field."),
            };
            if (!isPublic)
                used.Add(DocCommentId.GetDocCommentId(definition));
        }

        return used;
    }

    private static T Found<T>(MemberReference reference, T? definition)
        where T : class => definition ?? throw new AssertFailedException($"{reference.FullName} is not in the referenced Microsoft.ML.");

    private static bool IsOfMicrosoftML(TypeReference type) =>
        type.GetElementType().Scope.Name.StartsWith("Microsoft.ML", StringComparison.Ordinal);
}
