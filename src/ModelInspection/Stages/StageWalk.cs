namespace MlNetNtd;

/// <summary>
/// Follows a model from where ML.NET begins to load it, from stage to stage, and reads each as the stage before it has it
/// loaded. What nothing leads to is not loaded, and not checked beyond its header.
/// </summary>
internal sealed class StageWalk(ModelParts parts, IReadOnlySet<string> names, StagePolicy rules, LoadBudget budget, AnnotationUnpacker schemas, int maxSchemaBytes)
{
    private const string SchemaName = "Schema";
    private const string ChainFolder = "TransformerChain";
    private const string LegacyFolder = "DataLoaderModel";
    private const string PredictorFolder = "Predictor";

    // Read into an array, and from there into another or a tensor.
    private const int OwnBytesCost = 3;

    private readonly Queue<(string Folder, StageKind Kind, StageFormat? Format)> _expected = [];
    private readonly HashSet<(string Folder, StageKind Kind, StageFormat? Format)> _seen = [];
    private long _transforms;

    /// <summary>What loading the model takes.</summary>
    public LoadBudget Budget => budget;

    /// <summary>How many parts the model has.</summary>
    public int Parts => parts.Count;

    /// <summary>Columns so far, of schemas and of stages.</summary>
    public long Columns { get; set; }

    /// <exception cref="ModelFileException">A stage is not what its loader reads, or may not be loaded.</exception>
    public void Run()
    {
        Begin();
        while (_expected.TryDequeue(out var next))
            Read(next.Folder, next.Kind, next.Format);

        // Each transform of earlier models makes a schema of all columns up to it.
        budget.Charge(ZipDirectory.Name, "columns of all transforms", Math.Min(int.MaxValue, _transforms) * Math.Min(int.MaxValue, Columns) * LoadBudget.Item);
    }

    /// <summary>Notes a part that ML.NET loads.</summary>
    /// <exception cref="ModelFileException">It is not there.</exception>
    public void Expect(string entry, string folder, StageKind kind, StageFormat? format, bool isRequired)
    {
        if (parts.TryFind(folder, out _, out _))
            Enqueue(folder, kind, format);
        else if (isRequired)
            throw new ModelFileException(entry, "parts", $"an entry in {folder}", "none");
    }

    /// <summary>Checks a schema beside a stage; where it is missing, ML.NET says so.</summary>
    /// <exception cref="ModelFileException">It is refused.</exception>
    public void ReadSchema(string name, SchemaUse use)
    {
        if (parts.Find(name) is not { } entry)
            return;
        ChargeEntry(name);
        if (entry.Length > maxSchemaBytes)
            throw new ModelFileException(entry.FullName, "size", $"at most {maxSchemaBytes} bytes of a schema", $"{entry.Length}");
        // The stage's bytes are in the buffer: the schema gets one of its own.
        var bytes = new byte[entry.Length];
        using (var content = entry.Open())
            content.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        ReadOnlySpan<byte> file = bytes;
        if (use == SchemaUse.BehindItsLength)
        {
            var reader = new FieldReader(entry.FullName, bytes);
            file = reader.Bytes("length", reader.Int32("length"));
        }

        Columns += SchemaParser.Read(entry.FullName, file, schemas, mayHaveRows: use == SchemaUse.WithRows).Length;
    }

    /// <summary>Counts an entry that ML.NET reads into memory, as text perhaps.</summary>
    public void ChargeEntry(string name)
    {
        const int Copies = 4;
        if (parts.Find(name) is { } entry)
            budget.Charge(entry.FullName, "size", LoadBudget.Entry + Copies * entry.Length);
    }

    // ML.NET begins at the chain where there is a schema; else at a loader of data, a chain, or an earlier version's loader.
    private void Begin()
    {
        if (!names.Contains(SchemaName) && IsThere(""))
        {
            Enqueue("", StageKind.Model, format: null);
        }
        else if (names.Contains(SchemaName) || IsThere($"{ChainFolder}/"))
        {
            Enqueue(ChainFolder, StageKind.Model, format: null);
        }
        else
        {
            Expect(ZipDirectory.Name, LegacyFolder, StageKind.DataLoader, format: null, isRequired: true);
            Expect(ZipDirectory.Name, PredictorFolder, StageKind.Model, format: null, isRequired: false);
        }
    }

    // Here case counts for ML.NET.
    private bool IsThere(string folder) => names.Contains($"{folder}Model.key") || names.Contains($"{folder}Model.bin");

    private void Enqueue(string folder, StageKind kind, StageFormat? format)
    {
        if (_seen.Add((folder, kind, format)))
            _expected.Enqueue((folder, kind, format));
    }

    private void Read(string folder, StageKind kind, StageFormat? format)
    {
        if (!parts.TryFind(folder, out var entry, out var header))
            return;
        budget.Charge(entry.FullName, "stage", LoadBudget.Stage + entry.Length + 2 * (entry.Length - header.Names));
        _transforms += kind == StageKind.DataTransform ? 1 : 0;
        if (kind == StageKind.Part)
        {
            if (!format!.IsSignature(header.ModelSignature))
                throw new ModelFileException(entry.FullName, "ModelSignature", string.Join(" or ", format.Signatures), header.ModelSignature);
        }
        else
        {
            format = rules.FindFormat(entry.FullName, header, kind);
        }

        if (format is null)
        {
            ExpectAllBelow(folder);
            return;
        }

        if (header.ModelBytes > int.MaxValue - ModelHeaderParser.HeaderBytes)
            throw new ModelFileException(entry.FullName, "CbModel", $"at most {int.MaxValue} bytes", $"{header.ModelBytes}");
        if (format.Read is not { } read)
        {
            budget.Charge(entry.FullName, "own bytes", OwnBytesCost * header.ModelBytes);
            return;
        }

        var bytes = parts.Read(entry, ModelHeaderParser.HeaderBytes + header.ModelBytes)[ModelHeaderParser.HeaderBytes..];
        var reader = new StageReader(new FieldReader(entry.FullName, bytes), header, folder, this);
        read(ref reader);
        reader.End();
    }

    // What a stage that is not checked loads is not known: whatever lies below it.
    private void ExpectAllBelow(string folder)
    {
        bool isBelow(string name) => folder.Length == 0 || (name.StartsWith(folder, StringComparison.OrdinalIgnoreCase) && name.Length > folder.Length && name[folder.Length] == '/');
        foreach (var below in parts.Folders.Where(isBelow))
            Enqueue(below, StageKind.Any, format: null);
        foreach (var name in parts.Names.Where(isBelow).ToList())
        {
            if (parts.Find(name) is { } entry && SchemaParser.Begins(parts.Read(entry, Math.Min(entry.Length, sizeof(ulong)))))
                ReadSchema(name, SchemaUse.WithRows);
        }
    }
}
