using System.Text;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>One folder of a model file, open for a component to write itself into.</summary>
public sealed class ModelSaveContext : IDisposable
{
    private readonly RepositoryWriter _repository;
    private readonly IExceptionContext _ectx;
    private readonly MemoryStream _stream = new();
    private readonly ModelHeader _header = new();
    private readonly Dictionary<string, int> _strings = [];
    private readonly List<string> _stringOrder = [];

    internal readonly string Directory;
    internal readonly BinaryWriter Writer;

    internal ModelSaveContext(RepositoryWriter repository, string directory)
    {
        _repository = repository;
        _ectx = repository.ExceptionContext;
        Directory = directory;
        Writer = new BinaryWriter(_stream, Encoding.UTF8, leaveOpen: true);
        ModelHeader.Reserve(Writer);
    }

    public void Dispose() => Writer.Dispose();

    /// <summary>Writes a component into a folder; a null one leaves nothing.</summary>
    internal static void SaveModel<T>(RepositoryWriter rep, T value, string path)
        where T : class
    {
        if (value is not ICanSaveModel component)
            return;
        using var context = new ModelSaveContext(rep, path);
        component.Save(context);
        context.Done();
    }

    /// <summary>Checks that nothing has been written yet.</summary>
    internal void CheckAtModel() => _ectx.Check(_stream.Position == ModelHeader.Size);

    internal void SetVersionInfo(VersionInfo ver) => _header.SetVersionInfo(ver);

    internal void SaveModel<T>(T value, string name)
        where T : class
        => SaveModel(_repository, value, Path.Combine(Directory ?? "", name));

    internal void SaveSubModel(string dir, Action<ModelSaveContext> fn)
    {
        _ectx.CheckNonEmpty(dir, nameof(dir));
        _ectx.CheckValue(fn, nameof(fn));
        using var context = new ModelSaveContext(_repository, Path.Combine(Directory ?? "", dir));
        fn(context);
        context.Done();
    }

    internal void SaveBinaryStream(string name, Action<BinaryWriter> action)
    {
        _ectx.CheckNonEmpty(name, nameof(name));
        _ectx.CheckValue(action, nameof(action));
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        action(writer);
        writer.Flush();
        _repository.Write(Directory, name, stream);
    }

    internal void SaveStringOrNull(string str) => Writer.Write(str is null ? -1 : IdOf(str));

    internal void SaveString(string str)
    {
        _ectx.CheckValue(str, nameof(str));
        Writer.Write(IdOf(str));
    }

    internal void SaveNonEmptyString(string str)
    {
        _ectx.CheckParam(!string.IsNullOrEmpty(str), nameof(str));
        Writer.Write(IdOf(str));
    }

    internal void Done()
    {
        _ectx.Check(_header.HasVersionInfo, "ModelSignature not specified!");
        _header.Finish(Writer, _stringOrder);
        _repository.Write(Directory, ModelLoadContext.ModelStreamName, _stream);
        Dispose();
    }

    private int IdOf(string text)
    {
        if (!_strings.TryGetValue(text, out int id))
        {
            id = _strings.Count;
            _strings.Add(text, id);
            _stringOrder.Add(text);
        }

        return id;
    }
}
