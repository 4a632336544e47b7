namespace MlNetNtd;

/// <summary>The formats of chains and pipelines, of MlNetNtd's stages, and of custom mappings.</summary>
internal static class StructureFormats
{
    public static readonly StageFormat[] All =
    [
        new(["TransformerChain"], ["XF CHAIN"], StageKind.Model, ReadChain),
        new(["CompositeLoader"], ["CMPSTLDR"], StageKind.Model, ReadCompositeLoader),
        new(["PipeDataLoader"], ["PIPELODR"], StageKind.DataLoader, ReadPipe),
        new(["RowToRowMapper"], ["ROW MPPR"], StageKind.DataTransform, (ref StageReader reader) => reader.Model("Mapper", StageKind.RowMapper)),
        new(["NextTokenDiscriminator"], ["NTDSTAGE"], StageKind.Model, Read: null),
        new(["NextTokenScorer"], ["NTDSCORE"], StageKind.Model, Read: null),
        // StagePolicy has checked the assembly that it names.
        new(["CustomTransformer"], ["CUSTOMXF"], StageKind.Model, ReadCustomMapping),
    ];

    private static void ReadChain(ref StageReader reader)
    {
        const int Cost = 64;
        // The count is checked before the stages that it announces.
        var left = reader.Left;
        var count = reader.Int32("stages", 0, reader.Parts);
        reader.Charge("stages", (long)count * Cost);
        if (left != sizeof(int) * (1L + count))
            throw reader.CreateError("stages, bytes", $"{sizeof(int) * (1L + count)}", $"{left}");
        reader.Bytes("scopes", sizeof(int) * count);
        for (var i = 0; i < count; i++)
            reader.Model($"Transform_{StageReader.Number(i)}", StageKind.Model);
    }

    private static void ReadCompositeLoader(ref StageReader reader)
    {
        reader.OptionalModel("Reader", StageKind.Model);
        reader.OptionalModel("Loader", StageKind.Model);
        reader.Model("TransformerChain", StageKind.Model);
    }

    private static void ReadPipe(ref StageReader reader)
    {
        const uint Tags = 0x00010002;
        reader.FloatSize();
        var hasTags = reader.ReadableVersion >= Tags;
        var count = hasTags ? reader.Count("transforms", 2 * sizeof(int), LoadBudget.Item) : reader.Int32("transforms", 0, reader.Parts);
        for (var i = 0; hasTags && i < count; i++)
        {
            reader.Name("tag");
            reader.NameOrNone("arguments");
        }

        reader.Model("Loader", StageKind.DataLoader);
        reader.Models("Transform_", count, StageKind.DataTransform);
    }

    private static void ReadCustomMapping(ref StageReader reader)
    {
        reader.Name("contract");
        if (reader.Version >= StagePolicy.CustomMappingNamesAssembly)
            reader.Name("assembly of the contract");
    }
}
