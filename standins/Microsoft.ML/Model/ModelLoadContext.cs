using System.Text;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>The shape of what loads a component from a model file.</summary>
internal delegate void SignatureLoadModel(ModelLoadContext ctx);

/// <summary>One folder of a model file, open for a component to read itself from.</summary>
internal sealed partial class ModelLoadContext : IDisposable
{
    public const string ModelStreamName = "Model.key";

    private readonly RepositoryReader _repository;
    private readonly IExceptionContext _ectx;
    private readonly ModelHeader _header;

    public readonly string Directory;
    public readonly BinaryReader Reader;

    private ModelLoadContext(RepositoryReader repository, MemoryStream content, string directory)
    {
        _repository = repository;
        _ectx = repository.ExceptionContext;
        Directory = directory;
        Reader = new BinaryReader(content, Encoding.UTF8);
        _header = ModelHeader.Read(Reader);
    }

    /// <summary>Checks that nothing has been read yet.</summary>
    public void CheckAtModel()
        => _ectx.Check(Reader.BaseStream.Position == ModelHeader.Size);

    public void CheckAtModel(VersionInfo ver)
    {
        CheckAtModel();
        CheckVersionInfo(ver);
    }

    public void CheckVersionInfo(VersionInfo ver) => _header.CheckVersionInfo(ver);

    public string LoadStringOrNull()
    {
        int id = Reader.ReadInt32();
        return id == -1 ? null : StringAt(_ectx, id);
    }

    public string LoadString() => StringAt(null, Reader.ReadInt32());

    public string LoadNonEmptyString()
    {
        string text = StringAt(_ectx, Reader.ReadInt32());
        _ectx.CheckDecode(text.Length > 0);
        return text;
    }

    public void Done()
    {
        _header.CheckAtEnd(Reader);
        Dispose();
    }

    public void Dispose() => Reader.Dispose();

    private string StringAt(IExceptionContext context, int id)
    {
        context.CheckDecode(id >= 0 && id < _header.Strings.Length);
        return _header.Strings[id];
    }
}
