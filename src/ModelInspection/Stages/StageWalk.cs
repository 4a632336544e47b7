namespace MlNetNtd;

/// <summary>
/// Walks the stages of a model in the order in which ML.NET loads them, and reads each stage as its parent loads it. A stage that no
/// other stage loads is not checked beyond its header.
/// </summary>
internal sealed class StageWalk(ModelParts parts, IReadOnlySet<string> names, StagePolicy policy, LoadBudget budget, AnnotationUnpacker schemas, int maxSchemaBytes)
{
    private const string SchemaName = "Schema";
    private const string ChainFolder = "TransformerChain";
    private const string LegacyFolder = "DataLoaderModel";
    private const string PredictorFolder = "Predictor";

    // The bytes of MlNetNtd's stages are read into an array, and copied to another array or a tensor.
    private const int OwnBytesCost = 3;

    private readonly Queue<(string Folder, StageKind Kind, StageFormat? Format)> _expected = [];
    private readonly HashSet<(string Folder, StageKind Kind, StageFormat? Format)> _seen = [];
    private long _transforms;

    /// <summary>The budget of loading the model.</summary>
    public LoadBudget Budget => budget;

    /// <summary>The number of parts in the model.</summary>
    public int Parts => parts.Count;

    /// <summary>The number of columns so far, of schemas and of stages.</summary>
    public long Columns { get; set; }

    /// <summary>Walks the model.</summary>
    /// <exception cref="ModelFileException">A stage does not have its loader's format, or is not allowed.</exception>
    public void Run()
    {
        EnqueueRoot();
        while (_expected.TryDequeue(out var next))
            Read(next.Folder, next.Kind, next.Format);

        // In models of old versions, each transform allocates a schema of all columns so far.
        budget.Charge(ZipDirectory.Name, "columns of all transforms", Math.Min(int.MaxValue, _transforms) * Math.Min(int.MaxValue, Columns) * LoadBudget.Item);
    }

    /// <summary>Notes a part that ML.NET loads.</summary>
    /// <exception cref="ModelFileException">The part is required and missing.</exception>
    public void Expect(string entry, string folder, StageKind kind, StageFormat? format, bool isRequired)
    {
        if (parts.TryFind(folder, out _, out _))
            Enqueue(folder, kind, format);
        else if (isRequired)
            throw new ModelFileException(entry, "parts", $"an entry in {folder}", "none");
    }

    /// <summary>Checks a schema in an additional entry of a stage. ML.NET reports a missing one.</summary>
    /// <exception cref="ModelFileException">The schema is rejected.</exception>
    public void ReadSchema(string name, SchemaUse use)
    {
        if (parts.Find(name) is not { } entry)
            return;
        ChargeEntry(name);
        if (entry.Length > maxSchemaBytes)
            throw new ModelFileException(entry.FullName, "size", $"at most {maxSchemaBytes} bytes of a schema", $"{entry.Length}");
        // The shared buffer holds the stage's bytes, so the schema needs its own.
        var bytes = new byte[entry.Length];
        using (var content = entry.Open())
            content.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        ReadOnlySpan<byte> file = bytes;
        if (use == SchemaUse.LengthPrefixed)
        {
            var reader = new FieldReader(entry.FullName, bytes);
            file = reader.Bytes("length", reader.Int32("length"));
        }

        Columns += SchemaParser.Read(entry.FullName, file, schemas, mayHaveRows: use == SchemaUse.WithRows).Length;
    }

    /// <summary>Charges an entry that ML.NET reads into memory, possibly as text.</summary>
    public void ChargeEntry(string name)
    {
        const int Copies = 4;
        if (parts.Find(name) is { } entry)
            budget.Charge(entry.FullName, "size", LoadBudget.Entry + Copies * entry.Length);
    }

    // ML.NET starts loading at the chain if there is a schema; otherwise at a data loader, a chain, or a loader of an old version.
    private void EnqueueRoot()
    {
        if (!names.Contains(SchemaName) && HasPart(""))
        {
            Enqueue("", StageKind.Model, format: null);
        }
        else if (names.Contains(SchemaName) || HasPart($"{ChainFolder}/"))
        {
            Enqueue(ChainFolder, StageKind.Model, format: null);
        }
        else
        {
            Expect(ZipDirectory.Name, LegacyFolder, StageKind.DataLoader, format: null, isRequired: true);
            Expect(ZipDirectory.Name, PredictorFolder, StageKind.Model, format: null, isRequired: false);
        }
    }

    // ML.NET is case-sensitive here.
    private bool HasPart(string folder) => names.Contains($"{folder}Model.key") || names.Contains($"{folder}Model.bin");

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
            format = policy.FindFormat(entry.FullName, header, kind);
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

    // A stage that is allowed by name is not read, so it could load everything below its folder.
    private void ExpectAllBelow(string folder)
    {
        bool isBelow(string name) => folder.Length == 0 || (name.StartsWith(folder, StringComparison.OrdinalIgnoreCase) && name.Length > folder.Length && name[folder.Length] == '/');
        foreach (var below in parts.Folders.Where(isBelow))
            Enqueue(below, StageKind.Any, format: null);
        foreach (var name in parts.Names.Where(isBelow).ToList())
        {
            if (parts.Find(name) is { } entry && SchemaParser.HasSignature(parts.Read(entry, Math.Min(entry.Length, sizeof(ulong)))))
                ReadSchema(name, SchemaUse.WithRows);
        }
    }
}
