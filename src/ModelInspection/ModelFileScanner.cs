using System.Collections.Immutable;
using System.IO.Compression;

namespace MlNetNtd;

/// <summary>Scans a model zip once: checks the names, headers, checksums and the schema, then walks the stages.</summary>
internal sealed class ModelFileScanner(ModelFileOptions options)
{
    private const string KeyName = "Model.key";

    // ML.NET looks for an entry that holds a whole model, with its header, if there is no key.
    private const string BinaryName = "Model.bin";
    private const string SchemaName = "Schema";
    private const string ChainFolder = "TransformerChain/";
    private const string OldLoaderFolder = "DataLoaderModel/";

    // The start of an entry with a header: the header, and the part of the stage's own bytes that the policy reads.
    private const int StartBytes = ModelHeaderParser.HeaderBytes + StagePolicy.BlockBytes;

    // The bytes that .NET and ML.NET allocate for each character of an entry's name.
    private const int NameCost = 8;

    private readonly byte[] _piece = new byte[ZipEntryReader.BufferBytes];
    private readonly StagePolicy _policy = new(options.AllowedAssemblies, options.AllowedStages);
    private readonly List<ModelFileStage> _stages = [];
    private ImmutableArray<ModelFileColumn> _schema = [];

    /// <summary>Scans a model.</summary>
    /// <exception cref="ModelFileException">The model is rejected.</exception>
    public ModelFileDescription Scan(ZipArchive archive)
    {
        // The cheap checks come first.
        var parts = new ModelParts(_piece);
        var names = CheckNames(archive, parts);
        CheckRoot(names);
        var load = new LoadBudget(options.MaxLoadBytes ?? ModelFileOptions.DefaultLoadBytes(archive));
        var schemas = new AnnotationUnpacker(options.MaxSchemaBytes, load);
        foreach (var entry in archive.Entries)
        {
            load.Charge(ZipDirectory.Name, "entries", NameCost * (long)entry.FullName.Length + LoadBudget.Column);
            Read(entry, parts, schemas);
        }

        new StageWalk(parts, names, _policy, load, schemas, options.MaxSchemaBytes) { Columns = _schema.Length }.Run();
        var entries = archive.Entries.Select(entry => new ModelFileEntry(entry.FullName, entry.CompressedLength, entry.Length));
        return new ModelFileDescription([.. entries], _schema, [.. _stages.OrderBy(stage => stage.Path, StringComparer.Ordinal)]);
    }

    /// <summary>Adds the entries by their names, with '/' as the separator. Rejects two names that ML.NET cannot distinguish.</summary>
    private HashSet<string> CheckNames(ZipArchive archive, ModelParts parts)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        long bytes = 0;
        foreach (var entry in archive.Entries)
        {
            var name = NormalizeName(entry);
            if (string.IsNullOrWhiteSpace(name) || name.Contains("..", StringComparison.Ordinal) || name.Any(char.IsControl))
                throw new ModelFileException(ZipDirectory.Name, "name of an entry", "folders and a name", $"'{entry.FullName}'");
            names.Add(name);
            if (!parts.Add(name, entry))
                throw new ModelFileException(entry.FullName, "name", "one entry of this name", "two");
            bytes += entry.Length;
            if (bytes > options.MaxBytes)
                throw new ModelFileException(entry.FullName, "size", $"at most {options.MaxBytes} bytes in all entries", $"{bytes} up to here");
        }

        return names;
    }

    // ML.NET starts loading at the chain if there is a schema; otherwise at a data loader, a chain, or a loader of an old version.
    private static void CheckRoot(HashSet<string> names)
    {
        string[] roots = names.Contains(SchemaName) ? [ChainFolder] : ["", ChainFolder, OldLoaderFolder];
        var expected = roots.Select(folder => $"{folder}{KeyName}").ToList();
        if (!roots.Any(folder => names.Contains($"{folder}{KeyName}") || names.Contains($"{folder}{BinaryName}")))
            throw new ModelFileException(ZipDirectory.Name, "entries", string.Join(" or ", expected), "none");
    }

    private void Read(ZipArchiveEntry entry, ModelParts parts, AnnotationUnpacker schemas)
    {
        var path = NormalizeName(entry);
        var slash = path.LastIndexOf('/');
        var (folder, name) = (slash < 0 ? "" : path[..slash], path[(slash + 1)..]);
        var isModel = Is(name, KeyName) || Is(name, BinaryName);
        using var reading = new ZipEntryReader(entry, _piece, isModel);
        if (isModel)
            ReadModel(entry, folder, parts, reading, isKey: Is(name, KeyName));
        else if (Is(path, SchemaName))
            ReadSchema(entry, parts, schemas, reading);
        else
            reading.Finish();
    }

    private void ReadModel(ZipArchiveEntry entry, string folder, ModelParts parts, ZipEntryReader reading, bool isKey)
    {
        var start = reading.Next(StartBytes).ToArray();
        var header = ModelHeaderParser.Read(entry.FullName, start, entry.Length);
        while (reading.Position < header.Names && !reading.Next((int)Math.Min(ZipEntryReader.PieceBytes, header.Names - reading.Position)).IsEmpty)
        {
        }

        var already = start.AsSpan((int)Math.Min(start.Length, header.Names));
        var names = parts.Keep(entry, entry.Length - header.Names, already, reading);
        reading.Finish();
        var assembly = header.ReadNames(entry.FullName, names);
        var block = start.AsSpan(ModelHeaderParser.HeaderBytes, (int)Math.Min(StagePolicy.BlockBytes, header.ModelBytes));
        _policy.CheckAssemblies(entry.FullName, header, assembly, block, names);
        parts.Add(folder, entry, header, isKey);
        _stages.Add(new ModelFileStage(folder, header.LoaderSignature, assembly, header.ModelSignature, header.ModelVersion));
    }

    private void ReadSchema(ZipArchiveEntry entry, ModelParts parts, AnnotationUnpacker schemas, ZipEntryReader reading)
    {
        if (entry.Length > options.MaxSchemaBytes)
            throw new ModelFileException(entry.FullName, "size", $"at most {options.MaxSchemaBytes} bytes of a schema", $"{entry.Length}");
        var bytes = parts.Keep(entry, entry.Length, already: [], reading);
        reading.Finish();
        _schema = SchemaParser.Read(entry.FullName, bytes, schemas);
    }

    private static bool Is(string name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);

    private static string NormalizeName(ZipArchiveEntry entry) => entry.FullName.Replace('\\', '/');
}
