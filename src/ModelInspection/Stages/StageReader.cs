using System.Globalization;

namespace MlNetNtd;

/// <summary>Reads a stage's own bytes, and notes the other parts of the zip that the stage loads.</summary>
internal ref struct StageReader(FieldReader fields, ModelHeaderParser header, string folder, StageWalk walk)
{
    private const int FloatBytes = sizeof(float);

    private FieldReader _fields = fields;

    /// <summary>The version of the format that wrote the stage.</summary>
    public readonly uint Version => header.ModelVersion;

    /// <summary>The earliest version that can read the stage.</summary>
    public readonly uint ReadableVersion => header.ModelReadableVersion;

    /// <summary>The model signature in the header.</summary>
    public readonly string Signature => header.ModelSignature.Replace('\0', ' ').TrimEnd();

    /// <summary>The number of parts in the model, an upper bound of the parts of one stage.</summary>
    public readonly int Parts => walk.Parts;

    /// <summary>The number of bytes not yet read.</summary>
    public readonly int Left => _fields.Left;

    public byte Byte(string field) => _fields.Byte(field);

    public int Int32(string field) => _fields.Int32(field);

    public ulong UInt64(string field) => _fields.UInt64(field);

    /// <summary>Reads a number and checks its range.</summary>
    public int Int32(string field, int smallest, int largest) => (int)_fields.InRange(field, smallest, largest, _fields.Int32(field));

    /// <summary>Reads a byte that must be 0 or 1, because ML.NET interprets other values inconsistently.</summary>
    public bool Flag(string field) => _fields.InRange(field, 0, 1, _fields.Byte(field)) == 1;

    /// <summary>Reads consecutive flags.</summary>
    public void Flags(string field, int count)
    {
        if (_fields.Bytes(field, count).ContainsAnyExceptInRange((byte)0, (byte)1))
            throw _fields.CreateError(field, "0 or 1", "another byte");
        Charge(field, count);
    }

    /// <summary>Reads the size of a float, with which some formats begin.</summary>
    public void FloatSize() => _fields.Expect("size of a number", FloatBytes, _fields.Int32("size of a number"));

    /// <summary>Reads a count of items, checks it against the bytes that are left, and charges the items' cost.</summary>
    /// <param name="field">The name of the field, for errors.</param>
    /// <param name="bytesEach">The smallest number of bytes of an item.</param>
    /// <param name="costEach">The bytes that ML.NET allocates for an item.</param>
    /// <param name="atLeast">The smallest valid count.</param>
    public int Count(string field, int bytesEach, int costEach, int atLeast = 0)
    {
        var count = Int32(field, atLeast, Left < sizeof(int) ? 0 : (Left - sizeof(int)) / bytesEach);
        Charge(field, (long)count * costEach);
        return count;
    }

    /// <summary>Reads consecutive numbers, for which ML.NET allocates an array.</summary>
    public void Items(string field, long count, int bytesEach)
    {
        _fields.Bytes(field, count > int.MaxValue ? long.MaxValue : count * bytesEach);
        Charge(field, count * bytesEach);
    }

    /// <summary>Reads a count and that number of values.</summary>
    public int Array(string field, int bytesEach, int atLeast = 0)
    {
        var count = Count(field, bytesEach, 0, atLeast);
        Items(field, count, bytesEach);
        return count;
    }

    /// <summary>Reads consecutive integers that must not decrease and must be in a range.</summary>
    public int Ascending(string field, int count, int smallest, int largest)
    {
        var last = smallest;
        for (var i = 0; i < count; i++)
            last = Int32(field, last, largest);
        Charge(field, (long)count * sizeof(int));
        return last;
    }

    /// <summary>Reads bytes for which ML.NET allocates nothing.</summary>
    public ReadOnlySpan<byte> Bytes(string field, int count) => _fields.Bytes(field, count);

    /// <summary>Reads a UTF-8 character.</summary>
    public void Char(string field)
    {
        var first = _fields.Byte(field);
        _fields.Bytes(field, first < 0x80 ? 0 : first < 0xE0 ? 1 : 2);
    }

    /// <summary>Reads a string in the stage's own bytes.</summary>
    public void Text(string field) => Charge(field, LoadBudget.Text + 2L * _fields.Text(field).Length);

    /// <summary>Reads a reference to a string of the header.</summary>
    public void Name(string field) => Int32(field, 0, header.Strings - 1);

    /// <summary>Reads a reference to a string of the header, or -1 for none.</summary>
    public void NameOrNone(string field) => Int32(field, -1, header.Strings - 1);

    /// <summary>Reads the pairs of output and input columns with which most transforms begin.</summary>
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

    /// <summary>Reads a type in ML.NET's binary format.</summary>
    public SerializedType Type() => SerializedType.Read(ref _fields);

    /// <summary>Reads values of a type.</summary>
    public void Values(SerializedType type, int count)
    {
        Charge("values", SerializedValue.Read(ref _fields, type, count));
    }

    /// <summary>Creates a reader of the next bytes.</summary>
    public FieldReader Rest(int bytes) => new(_fields.Entry, _fields.Bytes("bytes", bytes)) { Part = _fields.Part };

    public readonly void Charge(string field, long bytes) => walk.Budget.Charge(_fields.Entry, field, bytes);

    /// <summary>Notes a part in a subfolder, which ML.NET loads by its loader's name.</summary>
    public readonly void Model(string name, StageKind kind) => walk.Expect(_fields.Entry, Below(name), kind, format: null, isRequired: true);

    /// <summary>Notes a part in a subfolder that may be missing.</summary>
    public readonly void OptionalModel(string name, StageKind kind) => walk.Expect(_fields.Entry, Below(name), kind, format: null, isRequired: false);

    /// <summary>Notes a part in a subfolder that the stage reads itself, without its loader.</summary>
    public readonly void Part(string name, StageFormat format, bool isRequired = true) =>
        walk.Expect(_fields.Entry, Below(name), StageKind.Part, format, isRequired);

    /// <summary>Notes parts in numbered subfolders.</summary>
    public readonly void Models(string name, int count, StageKind kind)
    {
        for (var i = 0; i < count; i++)
            Model($"{name}{Number(i)}", kind);
    }

    /// <summary>Formats a number as in ML.NET's folder names.</summary>
    public static string Number(int i) => i.ToString("000", CultureInfo.InvariantCulture);

    /// <summary>Checks a schema in an additional entry of the stage.</summary>
    public readonly void Schema(string name, SchemaUse use) => walk.ReadSchema(Below(name), use);

    /// <summary>Charges an additional entry of the stage, which ML.NET reads into memory.</summary>
    public readonly void Entry(string name) => walk.ChargeEntry(Below(name));

    /// <summary>Throws if there are bytes left that are not part of the format.</summary>
    public readonly void End() => _fields.Expect("bytes behind the stage's last", 0, Left);

    public readonly ModelFileException CreateError(string field, string expected, string found) => _fields.CreateError(field, expected, found);

    private readonly string Below(string name) => folder.Length == 0 ? name : $"{folder}/{name}";
}
