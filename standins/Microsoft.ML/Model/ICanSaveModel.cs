namespace Microsoft.ML;

/// <summary>Something that can write itself into a folder of a model file.</summary>
public interface ICanSaveModel
{
    void Save(ModelSaveContext ctx);
}
