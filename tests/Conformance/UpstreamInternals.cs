using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace MlNetNtd.Conformance.Tests;

/// <summary>What ML.NET keeps internal and our assemblies use.</summary>
internal static class UpstreamInternals
{
    // What stands in for the generic parameters of whatever code refers to a member.
    private static readonly Type[] AnyArguments = [.. Enumerable.Repeat(typeof(int), 8)];

    /// <summary>
    /// All of it, in writing: one that is new should be a decision. Types, then members, each as
    /// <see cref="Text"/> has them.
    /// </summary>
    public static string[] Known { get; } =
    [
        "Microsoft.ML.Data.CatalogUtils",
        "Microsoft.ML.Data.CatalogUtils.GetEnvironment(Microsoft.ML.Data.IInternalCatalog)",
        "Microsoft.ML.Data.IInternalCatalog",
        "Microsoft.ML.LoadableClassAttribute",
        "Microsoft.ML.LoadableClassAttribute..ctor(System.Type, System.Type, System.Type, System.Type, System.String, System.String[])",
        "Microsoft.ML.ModelLoadContext",
        "Microsoft.ML.ModelLoadContext.CheckAtModel(Microsoft.ML.VersionInfo)",
        "Microsoft.ML.ModelLoadContext.LoadStringOrNull()",
        "Microsoft.ML.ModelLoadContext.Reader",
        "Microsoft.ML.ModelSaveContext.CheckAtModel()",
        "Microsoft.ML.ModelSaveContext.SaveNonEmptyString(System.String)",
        "Microsoft.ML.ModelSaveContext.SaveStringOrNull(System.String)",
        "Microsoft.ML.ModelSaveContext.SetVersionInfo(Microsoft.ML.VersionInfo)",
        "Microsoft.ML.ModelSaveContext.Writer",
        "Microsoft.ML.Runtime.ICancelable",
        "Microsoft.ML.Runtime.ICancelable.get_IsCanceled()",
        "Microsoft.ML.Runtime.IHostEnvironmentInternal",
        "Microsoft.ML.Runtime.IHostEnvironmentInternal.get_FallbackToCpu()",
        "Microsoft.ML.Runtime.IHostEnvironmentInternal.get_GpuDeviceId()",
        "Microsoft.ML.SchemaShape+Column..ctor(System.String, Microsoft.ML.SchemaShape+Column+VectorKind, Microsoft.ML.Data.DataViewType, System.Boolean, Microsoft.ML.SchemaShape)",
        "Microsoft.ML.SignatureLoadModel",
        "Microsoft.ML.VersionInfo",
        "Microsoft.ML.VersionInfo..ctor(System.String, System.UInt32, System.UInt32, System.UInt32, System.String, System.String, System.String)",
    ];

    /// <summary>The types and members of Microsoft.ML and TorchSharp that an assembly refers to and that are not for everyone.</summary>
    public static IEnumerable<MemberInfo> UsedBy(Assembly assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly.Location));
        var metadata = file.GetMetadataReader();
        var module = assembly.ManifestModule;
        var types = metadata.TypeReferences.Select(handle => (MemberInfo)module.ResolveType(MetadataTokens.GetToken(handle)));
        var members = metadata.MemberReferences
            .Where(handle => !IsOfOwnGeneric(metadata, metadata.GetMemberReference(handle)))
            .Select(handle => module.ResolveMember(MetadataTokens.GetToken(handle), AnyArguments, AnyArguments)!);
        return [.. types.Concat(members).Where(member => IsUpstream(member.Module.Assembly) && !IsVisible(member))];
    }

    /// <summary>A type or a member as text.</summary>
    public static string Text(MemberInfo member) => member is Type type
        ? TypeText.Name(type)
        : $"{TypeText.Name(member.DeclaringType!)}.{MemberFacts.Identity(member)}";

    /// <summary>What is different about a type or member that the library uses.</summary>
    /// <param name="real">The type or member in the real assembly.</param>
    /// <param name="standIns">The types of the stand-ins by name.</param>
    public static IEnumerable<string> Differences(MemberInfo real, IReadOnlyDictionary<string, Type> standIns)
    {
        var declaring = real as Type ?? real.DeclaringType!;
        if (!standIns.TryGetValue(TypeText.Name(declaring), out var standIn))
            return ["the stand-ins have no such type"];
        if (real is Type)
            return TypeFacts.Of(standIn).Differences(TypeFacts.Of(declaring));

        var counterpart = Comparison.Members(standIn)[MemberFacts.Identity(real)].FirstOrDefault();
        if (counterpart is null)
            return ["the stand-in has no such member"];
        return MemberFacts.IsInternal(counterpart) && MemberFacts.IsInternal(real)
            ? Comparison.MemberDifferences(counterpart, Comparison.Members(declaring))
            : ["it is internal only in one of the two"];
    }

    // A member of a generic type of the assembly itself, which may not take just any argument.
    private static bool IsOfOwnGeneric(MetadataReader metadata, MemberReference member)
    {
        if (member.Parent.Kind != HandleKind.TypeSpecification)
            return false;
        var type = metadata.GetBlobReader(metadata.GetTypeSpecification((TypeSpecificationHandle)member.Parent).Signature);
        return type.ReadSignatureTypeCode() == SignatureTypeCode.GenericTypeInstance
            && type.ReadSignatureTypeCode() == SignatureTypeCode.TypeHandle
            && type.ReadTypeHandle().Kind == HandleKind.TypeDefinition;
    }

    private static bool IsUpstream(Assembly assembly) => assembly.GetName().Name is { } name
        && (name.StartsWith("Microsoft.ML", StringComparison.Ordinal) || name == "TorchSharp");

    private static bool IsVisible(MemberInfo member) => member is Type type
        ? type.IsVisible
        : IsVisible(member.DeclaringType!) && Comparison.IsVisible(member);
}
