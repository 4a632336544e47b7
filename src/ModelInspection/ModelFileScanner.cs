using System.Collections.Immutable;
using System.IO.Compression;

namespace MlNetNtd;

/// <summary>One look into a model zip: what of it is read, and in which order.</summary>
internal sealed class ModelFileScanner(ModelFileOptions options)
{
    private const string KeyName = "Model.key";

    // A whole model in one entry, header and all, is looked for where there is no key.
    private const string BinaryName = "Model.bin";
    private const string SchemaName = "Schema";
    private const string ChainFolder = "TransformerChain/";
    private const string OldLoaderFolder = "DataLoaderModel/";

    // In front of an entry with a header: it, and of the stage's own bytes as much as is looked at.
    private const int StartBytes = ModelHeaderParser.HeaderBytes + StagePolicy.BlockBytes;

    // What ML.NET and .NET make of an entry's name, in bytes for each of its letters.
    private const int NameCost = 8;

    private readonly byte[] _piece = new byte[ZipEntryReader.BufferBytes];
    private readonly StagePolicy _rules = new(options.AllowedAssemblies, options.AllowedStages);
    private readonly List<ModelFileStage> _stages = [];
    private ImmutableArray<ModelFileColumn> _schema = [];

    /// <exception cref="ModelFileException">The model is refused.</exception>
    public ModelFileDescription Scan(ZipArchive archive)
    {
        // What costs nothing before what costs time.
        var parts = new ModelParts(_piece);
        var names = Names(archive, parts);
        CheckBeginning(names);
        var load = new LoadBudget(options.MaxLoadBytes ?? ModelFileOptions.DefaultLoadBytes(archive));
        var schemas = new AnnotationUnpacker(options.MaxSchemaBytes, load);
        foreach (var entry in archive.Entries)
        {
            load.Charge(ZipDirectory.Name, "entries", NameCost * (long)entry.FullName.Length + LoadBudget.Column);
            Read(entry, parts, schemas);
        }

        new StageWalk(parts, names, _rules, load, schemas, options.MaxSchemaBytes) { Columns = _schema.Length }.Run();
        var entries = archive.Entries.Select(entry => new ModelFileEntry(entry.FullName, entry.CompressedLength, entry.Length));
        return new ModelFileDescription([.. entries], _schema, [.. _stages.OrderBy(stage => stage.Path, StringComparer.Ordinal)]);
    }

    /// <summary>Names as ML.NET looks for them, whatever the separator; two that it could take for one are refused.</summary>
    private HashSet<string> Names(ZipArchive archive, ModelParts parts)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        long bytes = 0;
        foreach (var entry in archive.Entries)
        {
            var name = Normal(entry);
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

    // Where ML.NET begins: at the chain, where there is a schema; else at a loader of data, a chain, or an old loader.
    private static void CheckBeginning(HashSet<string> names)
    {
        string[] beginnings = names.Contains(SchemaName) ? [ChainFolder] : ["", ChainFolder, OldLoaderFolder];
        var expected = beginnings.Select(folder => $"{folder}{KeyName}").ToList();
        if (!beginnings.Any(folder => names.Contains($"{folder}{KeyName}") || names.Contains($"{folder}{BinaryName}")))
            throw new ModelFileException(ZipDirectory.Name, "entries", string.Join(" or ", expected), "none");
    }

    private void Read(ZipArchiveEntry entry, ModelParts parts, AnnotationUnpacker schemas)
    {
        var path = Normal(entry);
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
        _rules.CheckAssemblies(entry.FullName, header, assembly, block, names);
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

    private static string Normal(ZipArchiveEntry entry) => entry.FullName.Replace('\\', '/');
}
