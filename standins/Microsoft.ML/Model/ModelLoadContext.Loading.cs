using System.Text;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>Finding and making the components that a model file names.</summary>
internal sealed partial class ModelLoadContext
{
    public static bool LoadModelOrNull<TRes, TSig>(
        IHostEnvironment env, out TRes result, RepositoryReader rep, string dir, params object[] extra)
        where TRes : class
    {
        Contracts.CheckValue(env, nameof(env));
        env.CheckValue(rep, nameof(rep));
        result = null;
        MemoryStream content = rep.ReadOrNull(dir, ModelStreamName);
        if (content is null)
            return false;

        using var context = new ModelLoadContext(rep, content, dir);
        result = context.Create<TRes, TSig>(env, extra)
            ?? throw env.ExceptDecode("Couldn't load model: '{0}'", dir);
        return true;
    }

    public static void LoadModel<TRes, TSig>(
        IHostEnvironment env, out TRes result, RepositoryReader rep, string dir, params object[] extra)
        where TRes : class
    {
        if (!LoadModelOrNull<TRes, TSig>(env, out result, rep, dir, extra))
            throw env.ExceptDecode("Corrupt model file");
    }

    public bool LoadModelOrNull<TRes, TSig>(IHostEnvironment env, out TRes result, string name, params object[] extra)
        where TRes : class
    {
        _ectx.CheckValue(env, nameof(env));
        return LoadModelOrNull<TRes, TSig>(env, out result, _repository, Path.Combine(Directory ?? "", name), extra);
    }

    public void LoadModel<TRes, TSig>(IHostEnvironment env, out TRes result, string name, params object[] extra)
        where TRes : class
    {
        if (!LoadModelOrNull<TRes, TSig>(env, out result, name, extra))
            throw _ectx.ExceptDecode("Corrupt model file");
    }

    public bool ContainsModel(string name)
    {
        if (string.IsNullOrEmpty(name))
            return false;
        using MemoryStream content = _repository.ReadOrNull(Path.Combine(Directory ?? "", name), ModelStreamName);
        return content is not null;
    }

    public bool TryProcessSubModel(string dir, Action<ModelLoadContext> action)
    {
        _ectx.CheckNonEmpty(dir, nameof(dir));
        _ectx.CheckValue(action, nameof(action));
        string path = Path.Combine(Directory ?? "", dir);
        MemoryStream content = _repository.ReadOrNull(path, ModelStreamName);
        if (content is null)
            return false;

        using var context = new ModelLoadContext(_repository, content, path);
        action(context);
        return true;
    }

    public bool TryLoadBinaryStream(string name, Action<BinaryReader> action)
    {
        _ectx.CheckNonEmpty(name, nameof(name));
        _ectx.CheckValue(action, nameof(action));
        MemoryStream content = _repository.ReadOrNull(Directory, name);
        if (content is null)
            return false;

        using var reader = new BinaryReader(content, Encoding.UTF8);
        action(reader);
        return true;
    }

    /// <summary>The component, or null where none of the two loader signatures leads to one of the right type.</summary>
    private TRes Create<TRes, TSig>(IHostEnvironment env, object[] extra)
        where TRes : class
    {
        if (!string.IsNullOrEmpty(_header.LoaderAssemblyName))
            env.ComponentCatalog.RegisterAssembly(UpstreamAssembly.Load(_header.LoaderAssemblyName));

        object[] arguments = [this, .. extra];
        foreach (string signature in new[] { _header.LoaderSignature, _header.LoaderSignatureAlt })
        {
            if (!string.IsNullOrWhiteSpace(signature)
                && env.ComponentCatalog.TryCreate(env, signature, typeof(TSig), arguments, out object created)
                && created is TRes result)
            {
                Done();
                return result;
            }
        }

        return null;
    }
}
