using System.Collections.Immutable;

namespace MlNetNtd;

/// <summary>The contents of a model file, as <see cref="ModelFileInspector"/> has read and checked them.</summary>
/// <param name="Entries">The entries of the zip, in its order.</param>
/// <param name="Schema">The columns of the input schema, in its order, including hidden ones; empty if the file has no schema.</param>
/// <param name="Stages">The parts with a header: the chain, its stages, and parts of stages. They are sorted by folder, so that a
/// chain precedes its stages.</param>
public sealed record ModelFileDescription(
    ImmutableArray<ModelFileEntry> Entries, ImmutableArray<ModelFileColumn> Schema, ImmutableArray<ModelFileStage> Stages);

/// <summary>An entry of the zip.</summary>
/// <param name="Name">The name, as it is in the zip.</param>
/// <param name="PackedBytes">The compressed size, in bytes.</param>
/// <param name="Bytes">The uncompressed size, in bytes. The declared size is equal to it.</param>
public sealed record ModelFileEntry(string Name, long PackedBytes, long Bytes);

/// <summary>A column of the input schema.</summary>
/// <param name="Name">The name of the column.</param>
/// <param name="ItemType">The type of its scalars or vector items, as ML.NET's format names it, for example <c>Single</c> or <c>TextSpan</c>.</param>
/// <param name="Dimensions">The dimensions of a vector, 0 for an unknown size; empty for a scalar.</param>
/// <param name="KeyCount">The number of keys, if the items are keys; otherwise null.</param>
/// <param name="Annotations">The names of its annotations.</param>
public sealed record ModelFileColumn(
    string Name, string ItemType, ImmutableArray<int> Dimensions, ulong? KeyCount, ImmutableArray<string> Annotations)
{
    /// <summary>Gets whether the values are vectors.</summary>
    public bool IsVector => !Dimensions.IsEmpty;
}

/// <summary>A stage of the model, or another part that has a loader.</summary>
/// <param name="Path">The folder in the zip; empty for the root.</param>
/// <param name="LoaderSignature">The name by which ML.NET finds the loader.</param>
/// <param name="AssemblyName">
/// The name of the assembly that ML.NET would load, as the file contains it; null if there is none, and ML.NET searches the
/// registered assemblies.
/// </param>
/// <param name="ModelSignature">The eight characters that identify the format of the stage's own bytes.</param>
/// <param name="ModelVersion">The version of that format.</param>
public sealed record ModelFileStage(string Path, string LoaderSignature, string? AssemblyName, string ModelSignature, uint ModelVersion);
