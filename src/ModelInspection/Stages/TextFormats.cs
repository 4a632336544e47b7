namespace MlNetNtd;

/// <summary>
/// The formats of text transforms. Topics (native code), word embeddings (files that the model names) and expressions are not
/// checked.
/// </summary>
internal static class TextFormats
{
    private const uint Version2 = 0x00010002;
    private const uint Version3 = 0x00010003;
    private const int MaxNgram = 10;

    private static readonly StageFormat StopWords = new([], ["STOPWRDM"], StageKind.Part, (ref StageReader reader) => reader.Bytes("bytes", reader.Left));

    public static readonly StageFormat[] All =
    [
        new(["Text", "TextTransform"], ["TEXT XFR"], StageKind.Model, ReadFeaturizer),
        new(["TokenizeTextTransform"], ["WRDTOKNS"], StageKind.Transformer, ReadWords),
        new(["CharToken"], ["CHARTOKN"], StageKind.Transformer, ReadCharacters),
        new(["TextNormalizerTransform"], ["TEXTNORM"], StageKind.Transformer, ReadNormalizer),
        new(["TextExpandTransform"], ["TEXT EXP"], StageKind.Transformer, ReadExpansion),
        new(["StopWordsTransform"], ["STOPWRDR"], StageKind.Transformer, ReadStopWords),
        new(["CustomStopWords"], ["CSTOPWRD"], StageKind.Transformer, ReadCustomStopWords),
        new(["NgramTransform"], ["NGRAMTRN"], StageKind.Transformer, ReadNgrams),
        new(["NgramHashTransform"], ["HASHGRAM"], StageKind.Transformer, ReadHashedNgrams),
    ];

    private static void ReadFeaturizer(ref StageReader reader)
    {
        // Old versions consist of data transforms and an empty loader.
        if (reader.ReadableVersion < Version2)
            throw reader.CreateError("ModelVerReadable", $"{Version2:X8}", $"{reader.ReadableVersion:X8}");
        reader.Model("Chain", StageKind.Model);
    }

    private static void ReadWords(ref StageReader reader)
    {
        var columns = reader.Pairs();
        for (var i = 0; i < columns; i++)
            reader.Array("separators", sizeof(char), atLeast: 1);
    }

    private static void ReadCharacters(ref StageReader reader)
    {
        reader.Pairs();
        reader.Flags("options", reader.ReadableVersion < Version2 ? 1 : 2);
    }

    private static void ReadNormalizer(ref StageReader reader)
    {
        reader.Pairs();
        reader.Byte("case");
        reader.Flags("options", 3);
    }

    private static void ReadExpansion(ref StageReader reader)
    {
        reader.Text("column");
        reader.Char("separator of a count");
        reader.Char("separator");
    }

    private static void ReadStopWords(ref StageReader reader)
    {
        var columns = reader.Pairs();
        for (var i = 0; i < columns; i++)
        {
            reader.Int32("language");
            reader.NameOrNone("column of languages");
        }
    }

    // ML.NET stores the words in the stage's own bytes, and an empty part besides.
    private static void ReadCustomStopWords(ref StageReader reader)
    {
        reader.Pairs();
        reader.Part("Stopwords", StopWords);
        var words = reader.Count("words", sizeof(int), LoadBudget.Text, atLeast: 1);
        for (var i = 0; i < words; i++)
            reader.Name("word");
    }

    private static void ReadNgrams(ref StageReader reader)
    {
        if (reader.Version < Version3)
            reader.FloatSize();
        var columns = reader.Pairs();
        for (var i = 0; i < columns; i++)
        {
            var length = ReadLengths(ref reader);
            if (reader.Version >= Version2)
                reader.Int32("weighting");
            reader.Flags("levels", length);
            ReadSequences(ref reader);
            if (reader.Version >= Version2)
                reader.Array("document frequencies", sizeof(double));
        }
    }

    private static int ReadLengths(ref StageReader reader)
    {
        var length = reader.Int32("n-gram's length", 1, MaxNgram);
        reader.Int32("skipped", 0, MaxNgram - length);
        return length;
    }

    private static void ReadSequences(ref StageReader reader)
    {
        // The hashes, links and buckets of a hash table.
        const int Cost = 24;
        var sequences = reader.Count("sequences", sizeof(int), Cost);
        reader.Int32("start of a sequence", 0, 0);
        var bytes = reader.Ascending("start of a sequence", sequences, 0, reader.Left);
        reader.Items("sequences", bytes, 1);
        // ML.NET unpacks the longest sequence to four bytes per byte.
        reader.Charge("sequences", (long)bytes * sizeof(uint));
    }

    private static void ReadHashedNgrams(ref StageReader reader)
    {
        const int MaxBits = 30;
        var isEarlier = reader.Version < Version3;
        if (isEarlier)
            reader.FloatSize();
        var columns = reader.Count("columns", sizeof(int), LoadBudget.ColumnPair, atLeast: 1);
        for (var i = 0; i < columns && isEarlier; i++)
        {
            reader.Name("column");
            ReadSources(ref reader);
        }

        for (var i = 0; i < columns; i++)
        {
            if (!isEarlier)
            {
                ReadSources(ref reader);
                reader.Name("column");
            }

            ReadLengths(ref reader);
            reader.Int32("bits", 1, MaxBits);
            reader.Int32("seed");
            reader.Flags("options", 3);
        }

        ColumnFormats.ReadOriginalTexts(ref reader, columns);
    }

    private static void ReadSources(ref StageReader reader)
    {
        var sources = reader.Count("sources", sizeof(int), LoadBudget.Item);
        for (var j = 0; j < sources; j++)
            reader.Name("source");
    }
}
