namespace MlNetNtd;

/// <summary>The formats of data loaders that open no file or database when the model is loaded.</summary>
internal static class LoaderFormats
{
    private const uint Version2 = 0x00010002;
    private const uint Version3 = 0x00010003;

    public static readonly StageFormat[] All =
    [
        new(["BinaryLoader"], ["BINLOADR"], StageKind.DataLoader, ReadBinary),
        new(["TextLoader"], ["TXTLOADR"], StageKind.Model | StageKind.DataLoader, ReadText),
    ];

    private static void ReadBinary(ref StageReader reader)
    {
        if (reader.Version >= Version2)
            reader.Int32("threads", 0, ushort.MaxValue);
        if (reader.Version is Version2 or Version3)
            reader.NameOrNone("row index");
        if (reader.Version >= Version3)
            reader.Bytes("shuffled blocks", sizeof(double));
        reader.Schema("Schema.idv", SchemaUse.WithoutRows);
    }

    private static void ReadText(ref StageReader reader)
    {
        const uint Segments = 0x0001000A;
        const uint Escapes = 0x0001000D;
        // Limits the columns of the file: ML.NET may name a column's slots after the header's fields.
        const int MaxColumns = 1 << 20;
        reader.FloatSize();
        reader.UInt64("rows");
        reader.Int32("options");
        reader.Int32("columns of the file", 0, MaxColumns);
        reader.Array("separators", sizeof(char), atLeast: 1);
        if (reader.Version >= Escapes)
        {
            reader.Char("escape");
            reader.Char("decimal point");
        }

        var columns = reader.Count("columns", 2 * sizeof(int) + 2, LoadBudget.Column, atLeast: 1);
        for (var i = 0; i < columns; i++)
        {
            reader.Name("column");
            reader.Byte("type");
            if (reader.Flag("key"))
                ReadKey(ref reader);
            var segments = reader.Count("segments", 2 * sizeof(int), LoadBudget.Item, atLeast: 1);
            for (var j = 0; j < segments; j++)
            {
                reader.Bytes("segment", 2 * sizeof(int));
                if (reader.Version >= Segments)
                    reader.Flag("vector");
            }
        }

        reader.Entry("Header.txt");
    }

    private static void ReadKey(ref StageReader reader)
    {
        const uint KeyCounts = 0x0001000C;
        if (reader.Version < KeyCounts)
        {
            reader.Flag("contiguous");
            reader.UInt64("smallest");
            reader.Int32("keys");
        }
        else
        {
            reader.UInt64("keys");
        }
    }
}
