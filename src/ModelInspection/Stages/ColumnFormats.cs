namespace MlNetNtd;

/// <summary>The formats of column transforms: names, types, keys and missing values.</summary>
internal static class ColumnFormats
{
    private const uint Version2 = 0x00010002;
    private const uint Version3 = 0x00010003;
    private const uint Version4 = 0x00010004;
    private const bool TextMap = false;

    private static readonly StageFormat Terms = new([], ["TERM MAN"], StageKind.Part, ReadTerms);
    private static readonly StageFormat Texts = new([], ["TEXTSPBF"], StageKind.Part, ReadTexts);

    public static readonly StageFormat[] All =
    [
        new(["ConcatTransform", "ConcatFunction"], ["CONCAT F"], StageKind.Transformer, ReadConcat),
        new(["CopyTransform"], ["COPYCOLT"], StageKind.Transformer, ReadPairs),
        new(["SelectColumnsTransform"], ["SELCOLST"], StageKind.Transformer, ReadSelect),
        new(["DropColumnsTransform"], ["DRPCOLST"], StageKind.DataTransform, ReadDrop),
        new(["ChooseColumnsTransform", "ChooseColumnsFunction"], ["CHSCOLSF"], StageKind.DataTransform, ReadChoose),
        new(["ConvertTransform", "ConvertFunction"], ["CONVERTF"], StageKind.Transformer, ReadConvert),
        new(["OptColTransform"], ["OPTCOL T"], StageKind.DataTransform, ReadOptional),
        new(["DropSlotsTransform"], ["DROPSLOT"], StageKind.Transformer, ReadDropSlots),
        new(["HashTransform"], ["HASHTRNS"], StageKind.Transformer, ReadHash),
        new(["TermTransform"], ["TERMTRNF"], StageKind.Transformer, ReadTermTransform),
        new(["ValueMappingTransformer"], ["VALUMAPG", "TXTLOOKT"], StageKind.Transformer, ReadValueMap),
        new(["TermLookupTransform"], ["VALUMAPG", "TXTLOOKT"], StageKind.Transformer, ReadValueMap),
        new(["KeyToValueTransform"], ["KEY2VALT"], StageKind.Transformer, ReadPairs),
        new(["KeyToVectorTransform"], ["KEY2VECT"], StageKind.Transformer, ReadKeyToVector),
        new(["KeyToBinaryTransform"], ["KEY2BINR"], StageKind.Transformer, ReadPairs),
        new(["NADropTransform"], ["NADROPXF"], StageKind.Transformer, ReadPairs),
        new(["NaIndicatorTransform"], ["NAIND TF"], StageKind.Transformer, ReadPairs),
        new(["NAReplaceTransform"], ["NAREP TF"], StageKind.Transformer, ReadReplacements),
    ];

    /// <summary>Reads the original texts of columns, which a hash transform can keep in parts of their own.</summary>
    public static void ReadOriginalTexts(ref StageReader reader, int columns)
    {
        for (var i = 0; i < columns; i++)
            reader.Part($"Vocabulary_{StageReader.Number(i)}", Texts, isRequired: false);
    }

    private static void ReadPairs(ref StageReader reader) => reader.Pairs();

    private static void ReadConcat(ref StageReader reader)
    {
        if (reader.Version < Version3)
        {
            ReadEarlierConcat(ref reader);
            return;
        }

        var columns = reader.Count("columns", 2 * sizeof(int), LoadBudget.ColumnPair, atLeast: 1);
        for (var i = 0; i < columns; i++)
        {
            reader.Name("column");
            var sources = reader.Count("sources", 2 * sizeof(int), LoadBudget.Item, atLeast: 1);
            for (var j = 0; j < sources; j++)
            {
                reader.Name("source");
                reader.NameOrNone("alias");
            }
        }
    }

    private static void ReadEarlierConcat(ref StageReader reader)
    {
        const int None = -1;
        reader.FloatSize();
        var columns = reader.Count("columns", 2 * sizeof(int), LoadBudget.ColumnPair, atLeast: 1);
        var sources = new int[columns];
        for (var i = 0; i < columns; i++)
        {
            reader.Name("column");
            sources[i] = reader.Count("sources", sizeof(int), LoadBudget.Item, atLeast: 1);
            for (var j = 0; j < sources[i]; j++)
                reader.Name("source");
        }

        for (var i = 0; i < columns && reader.ReadableVersion >= Version2; i++)
        {
            while (reader.Int32("alias, source", None, sources[i] - 1) != None)
                reader.Name("alias");
        }
    }

    private static void ReadSelect(ref StageReader reader)
    {
        reader.Flags("options", 3);
        ReadNames(ref reader);
    }

    private static void ReadDrop(ref StageReader reader)
    {
        reader.FloatSize();
        reader.Flag("keep");
        ReadNames(ref reader);
    }

    private static void ReadChoose(ref StageReader reader)
    {
        reader.FloatSize();
        reader.Byte("hidden columns");
        var columns = reader.Count("columns", 2 * sizeof(int) + 1, LoadBudget.Item);
        for (var i = 0; i < columns; i++)
        {
            reader.Name("column");
            reader.Name("source");
            reader.Byte("hidden columns");
        }
    }

    private static void ReadNames(ref StageReader reader)
    {
        var columns = reader.Count("columns", sizeof(int), LoadBudget.Item);
        for (var i = 0; i < columns; i++)
            reader.Name("column");
    }

    private static void ReadConvert(ref StageReader reader)
    {
        const byte IsKey = 0x80;
        if (reader.Version < Version3)
            reader.FloatSize();
        var columns = reader.Pairs();
        for (var i = 0; i < columns; i++)
        {
            if ((reader.Byte("type") & IsKey) == 0)
                continue;
            reader.UInt64("keys");
            if (reader.Version >= Version4)
                continue;
            reader.UInt64("keys");
            reader.Flag("contiguous");
        }
    }

    private static void ReadOptional(ref StageReader reader)
    {
        var columns = reader.Count("columns", sizeof(int), LoadBudget.Column, atLeast: 1);
        for (var i = 0; i < columns; i++)
        {
            reader.Name("column");
            reader.Type();
        }

        reader.Schema("Schema.idv", SchemaUse.LengthPrefixed);
    }

    private static void ReadDropSlots(ref StageReader reader)
    {
        var columns = reader.Pairs();
        for (var i = 0; i < columns; i++)
        {
            var ranges = reader.Array("slots", sizeof(int), atLeast: 1);
            reader.Items("slots", ranges, sizeof(int));
        }
    }

    private static void ReadHash(ref StageReader reader)
    {
        const int MaxBits = 31;
        var columns = reader.Pairs();
        for (var i = 0; i < columns; i++)
        {
            reader.Int32("bits", 1, MaxBits);
            reader.Int32("seed");
            reader.Flag("ordered");
            if (reader.Version > Version3)
                reader.Flag("combine");
        }

        ReadOriginalTexts(ref reader, columns);
    }

    private static void ReadTermTransform(ref StageReader reader)
    {
        var columns = reader.Pairs();
        if (reader.Version >= Version3)
            reader.Flags("text annotations", columns);
        reader.Part("Vocabulary", Terms);
    }

    private static void ReadTerms(ref StageReader reader)
    {
        var maps = reader.Count("maps", sizeof(int), LoadBudget.ColumnPair);
        for (var i = 0; i < maps; i++)
        {
            if (reader.Version < Version2 || reader.Flag("kind of map") == TextMap)
            {
                var texts = reader.Count("texts", sizeof(int), LoadBudget.Text);
                for (var j = 0; j < texts; j++)
                    reader.Name("text");
            }
            else
            {
                var type = reader.Type();
                if (type.IsVector)
                    throw reader.CreateError("type", "no vector", "a vector");
                var count = reader.Int32("values", 0, int.MaxValue);
                if (count > 0)
                    reader.Values(type, count);
                reader.Charge("values", (long)count * LoadBudget.Item);
            }
        }
    }

    private static void ReadTexts(ref StageReader reader)
    {
        var type = reader.Type();
        if (!type.IsVector || !type.IsText)
            throw reader.CreateError("type", "a vector of texts", $"'{type.Name}'");
        var bytes = reader.Int32("bytes", 0, reader.Left);
        var rest = reader.Rest(bytes);
        reader.Charge("texts", SerializedValue.Read(ref rest, type, 1));
        rest.Expect("texts, bytes behind them", 0, rest.Left);
    }

    private static void ReadValueMap(ref StageReader reader)
    {
        reader.Pairs();
        reader.Schema("DefaultMap.idv", SchemaUse.WithRows);
    }

    private static void ReadKeyToVector(ref StageReader reader)
    {
        if (reader.Version < Version2)
            reader.FloatSize();
        reader.Flags("bags", reader.Pairs());
    }

    private static void ReadReplacements(ref StageReader reader)
    {
        var columns = reader.Pairs();
        for (var i = 0; i < columns; i++)
            reader.Values(reader.Type(), 1);
    }
}
