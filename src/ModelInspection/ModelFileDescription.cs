using System.Collections.Immutable;

namespace MlNetNtd;

/// <summary>What a model file holds, by its own word, which <see cref="ModelFileInspector"/> has checked.</summary>
/// <param name="Entries">The entries of the zip, in its order.</param>
/// <param name="Schema">The columns of the input schema, in its order, hidden ones included; empty where the file has no schema.</param>
/// <param name="Stages">Whatever has a header of its own: the chain, its stages, parts of stages; by folder, so that a chain
/// stands before its stages.</param>
public sealed record ModelFileDescription(
    ImmutableArray<ModelFileEntry> Entries, ImmutableArray<ModelFileColumn> Schema, ImmutableArray<ModelFileStage> Stages);

/// <summary>An entry of the zip.</summary>
/// <param name="Name">Its name, as the zip has it.</param>
/// <param name="PackedBytes">Its size in the zip.</param>
/// <param name="Bytes">Its size unpacked: what the zip declares and what was found.</param>
public sealed record ModelFileEntry(string Name, long PackedBytes, long Bytes);

/// <summary>A column of the input schema.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ItemType">The type of its values or of their items, as ML.NET's format names it: <c>Single</c>, <c>TextSpan</c>, ...</param>
/// <param name="Dimensions">Dimensions of a vector, 0 where the size is not known; none where the values are no vectors.</param>
/// <param name="KeyCount">How many keys there are, where the items are keys.</param>
/// <param name="Annotations">The kinds of its annotations.</param>
public sealed record ModelFileColumn(
    string Name, string ItemType, ImmutableArray<int> Dimensions, ulong? KeyCount, ImmutableArray<string> Annotations)
{
    /// <summary>Whether the values are vectors.</summary>
    public bool IsVector => !Dimensions.IsEmpty;
}

/// <summary>A stage, or another part of the model that has a loader.</summary>
/// <param name="Path">The folder in the zip; empty for the root.</param>
/// <param name="LoaderSignature">The name under which ML.NET looks for what reads it.</param>
/// <param name="AssemblyName">
/// The assembly that ML.NET would load for it, as the file names it; null where none is named, and ML.NET looks among the
/// assemblies that are registered already.
/// </param>
/// <param name="ModelSignature">The eight characters that say what format its own bytes have.</param>
/// <param name="ModelVersion">The version of that format.</param>
public sealed record ModelFileStage(string Path, string LoaderSignature, string? AssemblyName, string ModelSignature, uint ModelVersion);
