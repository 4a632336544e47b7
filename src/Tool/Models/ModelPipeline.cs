using Microsoft.ML;

namespace MlNetNtd.Tool;

/// <summary>The stages that a command applies to rows, and which columns of the result it writes.</summary>
/// <param name="Before">The stages whose columns are not written.</param>
/// <param name="Written">The stages whose columns are written.</param>
/// <param name="Inputs">The columns that hold the sequences, by the model's names.</param>
internal sealed record ModelPipeline(IReadOnlyList<ITransformer> Before, IReadOnlyList<ITransformer> Written, IReadOnlyList<string> Inputs)
{
    /// <summary>The stages of a model up to its scorer; the scorer's columns and those of later stages are written.</summary>
    /// <exception cref="ToolException">The model has no scorer.</exception>
    public static ModelPipeline ForScores(LoadedModel model, NextTokenDiscriminatorScorer scorer)
    {
        var index = model.Stages.ToList().IndexOf(model.RequireScorer());
        return new ModelPipeline([.. model.Stages.Take(index)], [scorer, .. model.Stages.Skip(index + 1)], GetInputs(model.Transform, scorer));
    }

    /// <summary>The stages of a model before its scorer; their columns are written.</summary>
    /// <exception cref="ToolException">The model has no stage before the scorer.</exception>
    public static ModelPipeline ForTransform(LoadedModel model)
    {
        ITransformer[] stages = [.. model.Stages.TakeWhile(stage => stage is not NextTokenDiscriminatorScorer)];
        return stages.Length > 0
            ? new ModelPipeline([], stages, GetInputs(model.Transform, null))
            : throw new ToolException($"{model.Path}: expected a model with a transform, found a scorer alone, which reads combined sequences.");
    }

    /// <summary>A single transform.</summary>
    public static ModelPipeline ForTransform(NextTokenDiscriminatorTransformer transform) => new([], [transform], GetInputs(transform, null));

    /// <summary>Applies the stages.</summary>
    /// <param name="input">The rows.</param>
    /// <param name="columns">The columns to write.</param>
    public IDataView Apply(IDataView input, out IReadOnlyList<DataViewSchema.Column> columns)
    {
        var before = Before.Aggregate(input, (view, stage) => stage.Transform(view));
        var after = Written.Aggregate(before, (view, stage) => stage.Transform(view));
        columns = [.. after.Schema.Where(column => !column.IsHidden && !IsOf(before.Schema, column))];
        return after;
    }

    // Stages append their columns, so a column that was there keeps its index.
    private static bool IsOf(DataViewSchema schema, DataViewSchema.Column column) =>
        column.Index < schema.Count && schema[column.Index].Name == column.Name;

    private static string[] GetInputs(NextTokenDiscriminatorTransformer? transform, NextTokenDiscriminatorScorer? scorer) => (transform, scorer) switch
    {
        ({ } first, _) => [first.PreviousColumnName, first.CurrentColumnName],
        (null, { } only) => [only.FeatureColumnName],
        _ => [],
    };
}
