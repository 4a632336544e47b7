using System.Globalization;

namespace MlNetNtd;

/// <summary>Reads a stage's own bytes, and says what else of the zip the stage reads.</summary>
internal ref struct StageReader(FieldReader fields, ModelHeaderParser header, string folder, StageWalk walk)
{
    private const int FloatBytes = sizeof(float);

    private FieldReader _fields = fields;

    /// <summary>The version of the stage's format that wrote it.</summary>
    public readonly uint Version => header.ModelVersion;

    /// <summary>The earliest version that can read it.</summary>
    public readonly uint ReadableVersion => header.ModelReadableVersion;

    /// <summary>What the header calls the format.</summary>
    public readonly string Signature => header.ModelSignature.Replace('\0', ' ').TrimEnd();

    /// <summary>How many parts the model has: no stage has more below it.</summary>
    public readonly int Parts => walk.Parts;

    /// <summary>Bytes not yet read.</summary>
    public readonly int Left => _fields.Left;

    public byte Byte(string field) => _fields.Byte(field);

    public int Int32(string field) => _fields.Int32(field);

    public ulong UInt64(string field) => _fields.UInt64(field);

    /// <summary>A number within a range.</summary>
    public int Int32(string field, int smallest, int largest) => (int)_fields.InRange(field, smallest, largest, _fields.Int32(field));

    /// <summary>A byte that is 0 or 1: ML.NET takes others for true in one place and for false in another.</summary>
    public bool Flag(string field) => _fields.InRange(field, 0, 1, _fields.Byte(field)) == 1;

    /// <summary>Flags one behind another.</summary>
    public void Flags(string field, int count)
    {
        if (_fields.Bytes(field, count).ContainsAnyExceptInRange((byte)0, (byte)1))
            throw _fields.CreateError(field, "0 or 1", "another byte");
        Charge(field, count);
    }

    /// <summary>The size of a number, which some formats begin with.</summary>
    public void FloatSize() => _fields.Expect("size of a number", FloatBytes, _fields.Int32("size of a number"));

    /// <summary>How many items follow, of which each has some bytes at least and costs some to load.</summary>
    public int Count(string field, int bytesEach, int costEach, int atLeast = 0)
    {
        var count = Int32(field, atLeast, Left < sizeof(int) ? 0 : (Left - sizeof(int)) / bytesEach);
        Charge(field, (long)count * costEach);
        return count;
    }

    /// <summary>Numbers one behind another, of which ML.NET makes an array.</summary>
    public void Items(string field, long count, int bytesEach)
    {
        _fields.Bytes(field, count > int.MaxValue ? long.MaxValue : count * bytesEach);
        Charge(field, count * bytesEach);
    }

    /// <summary>Numbers behind their count.</summary>
    public int Array(string field, int bytesEach, int atLeast = 0)
    {
        var count = Count(field, bytesEach, 0, atLeast);
        Items(field, count, bytesEach);
        return count;
    }

    /// <summary>Whole numbers behind another, each at least the one before it, all within a range.</summary>
    public int Ascending(string field, int count, int smallest, int largest)
    {
        var last = smallest;
        for (var i = 0; i < count; i++)
            last = Int32(field, last, largest);
        Charge(field, (long)count * sizeof(int));
        return last;
    }

    /// <summary>Bytes that ML.NET reads and does not keep.</summary>
    public ReadOnlySpan<byte> Bytes(string field, int count) => _fields.Bytes(field, count);

    /// <summary>A character in UTF-8.</summary>
    public void Char(string field)
    {
        var first = _fields.Byte(field);
        _fields.Bytes(field, first < 0x80 ? 0 : first < 0xE0 ? 1 : 2);
    }

    /// <summary>A text in the stage's bytes.</summary>
    public void Text(string field) => Charge(field, LoadBudget.Text + 2L * _fields.Text(field).Length);

    /// <summary>A reference to a string of the header.</summary>
    public void Name(string field) => Int32(field, 0, header.Strings - 1);

    /// <summary>A reference to a string of the header, or to none.</summary>
    public void NameOrNone(string field) => Int32(field, -1, header.Strings - 1);

    /// <summary>The columns that most transforms begin with: an output and an input each.</summary>
    public int Pairs()
    {
        var count = Count("columns", 2 * sizeof(int), LoadBudget.ColumnPair);
        for (var i = 0; i < count; i++)
        {
            Name("output column");
            Name("input column");
        }

        walk.Columns += count;
        return count;
    }

    /// <summary>A type in ML.NET's binary format.</summary>
    public SerializedType Type() => SerializedType.Read(ref _fields);

    /// <summary>Values of such a type.</summary>
    public void Values(SerializedType type, int count)
    {
        Charge("values", SerializedValue.Read(ref _fields, type, count));
    }

    /// <summary>Hands what is left to a reader of its own.</summary>
    public FieldReader Rest(int bytes) => new(_fields.Entry, _fields.Bytes("bytes", bytes)) { Part = _fields.Part };

    public readonly void Charge(string field, long bytes) => walk.Budget.Charge(_fields.Entry, field, bytes);

    /// <summary>A part in a folder below, which ML.NET loads by its name.</summary>
    public readonly void Model(string name, StageKind kind) => walk.Expect(_fields.Entry, Below(name), kind, format: null, isRequired: true);

    /// <summary>One that may be missing.</summary>
    public readonly void OptionalModel(string name, StageKind kind) => walk.Expect(_fields.Entry, Below(name), kind, format: null, isRequired: false);

    /// <summary>A part in a folder below that the stage reads itself, whatever its name.</summary>
    public readonly void Part(string name, StageFormat format, bool isRequired = true) =>
        walk.Expect(_fields.Entry, Below(name), StageKind.Part, format, isRequired);

    /// <summary>Parts in folders that are counted.</summary>
    public readonly void Models(string name, int count, StageKind kind)
    {
        for (var i = 0; i < count; i++)
            Model($"{name}{Number(i)}", kind);
    }

    /// <summary>A number as ML.NET has it in names of folders.</summary>
    public static string Number(int i) => i.ToString("000", CultureInfo.InvariantCulture);

    /// <summary>A schema in an entry beside the stage's own.</summary>
    public readonly void Schema(string name, SchemaUse use) => walk.ReadSchema(Below(name), use);

    /// <summary>Bytes or text in an entry beside the stage's own, which ML.NET reads into memory.</summary>
    public readonly void Entry(string name) => walk.ChargeEntry(Below(name));

    /// <summary>Refuses bytes that the format has no place for.</summary>
    public readonly void End() => _fields.Expect("bytes behind the stage's last", 0, Left);

    public readonly ModelFileException Refusal(string field, string expected, string found) => _fields.CreateError(field, expected, found);

    private readonly string Below(string name) => folder.Length == 0 ? name : $"{folder}/{name}";
}
