using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>Valid models.</summary>
internal static class InspectedModels
{
    /// <summary>The stage and nothing else.</summary>
    public static byte[] Stage()
    {
        var view = new MLContext(seed: 1).Data.LoadFromEnumerable(TestRows.Shaped(3));
        return SavedModels.Save(Transformers.Fit(view), view.Schema);
    }

    /// <summary>The stage among ML.NET's own, with a schema whose columns are of many types and carry annotations.</summary>
    public static byte[] Chain() => Chain(out _);

    /// <inheritdoc cref="Chain()"/>
    public static byte[] Chain(out DataViewSchema schema)
    {
        var ml = new MLContext(seed: 1);
        var rows = ml.Data.LoadFromEnumerable(TestRows.Shaped(6));
        var view = ml.Transforms.Conversion.MapValueToKey("Key", "Text")
            .Append(ml.Transforms.Categorical.OneHotEncoding("Hot", "Text"))
            .Append(ml.Transforms.Text.FeaturizeText("Words", "Text"))
            .Append(ml.Transforms.NormalizeMinMax("Normal", "PreviousEmbeddings"))
            .Fit(rows).Transform(rows);
        schema = view.Schema;
        var chain = ml.Transforms.NextTokenDiscriminator()
            .Append(ml.Transforms.CopyColumns("Copy", "Combined"))
            .Append(ml.Transforms.Conversion.MapKeyToValue("Back", "Key"))
            .Append(ml.Transforms.NormalizeMeanVariance("Mean", "Words"))
            .Append(ml.Transforms.DropColumns("Hot"))
            .Fit(view);
        return SavedModels.Save(chain, schema);
    }

    /// <summary>A chain saved with the loader of its data.</summary>
    public static byte[] WithLoader()
    {
        var ml = new MLContext(seed: 1);
        var loader = ml.Data.CreateTextLoader([new("PreviousEmbeddings", DataKind.Single, 0, 5), new("CurrentEmbeddings", DataKind.Single, 6, 11)]);
        var view = ml.Data.LoadFromEnumerable(TestRows.Shaped(3));
        using var stream = new MemoryStream();
        ml.Model.Save(ml.Transforms.CopyColumns("Copy", "PreviousEmbeddings").Fit(view), loader, stream);
        return stream.ToArray();
    }

    /// <summary>Looks into a model.</summary>
    public static ModelFileDescription Inspect(byte[] zip, ModelFileOptions? options = null)
    {
        using var stream = new MemoryStream(zip);
        return ModelFileInspector.Inspect(stream, options);
    }
}
