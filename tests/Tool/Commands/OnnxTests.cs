using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MlNetNtd.Tests;

namespace MlNetNtd.Tool.Tests;

/// <summary>ntd onnx: the model in ONNX Runtime.</summary>
[TestClass]
public sealed class OnnxTests
{
    [TestMethod]
    public void Onnx_model_gives_the_scores_of_ntd_score() => TemporaryFile.Use(path =>
    {
        Assert.AreEqual("", ToolRun.Run("onnx", SampleModel.Path, path).Error);

        var rows = Samples.Fixed(5).Select(row => new TrainingRow { PreviousEmbeddings = row.PreviousEmbeddings, CurrentEmbeddings = row.CurrentEmbeddings }).ToList();
        var expected = SampleModel.Score(rows);
        int[] shape = [rows.Count, TokenRow.Tokens, SampleModel.Dimension];
        using var session = new InferenceSession(path);
        using var outputs = session.Run(
        [
            NamedOnnxValue.CreateFromTensor("PreviousEmbeddings", new DenseTensor<float>(rows.SelectMany(row => row.PreviousEmbeddings).ToArray(), shape)),
            NamedOnnxValue.CreateFromTensor("CurrentEmbeddings", new DenseTensor<float>(rows.SelectMany(row => row.CurrentEmbeddings).ToArray(), shape)),
        ]);
        var scores = outputs.Single(output => output.Name == "Score").AsTensor<float>();
        for (var i = 0; i < rows.Count; i++)
            Assert.AreEqual(expected[i].Score, scores[i], 1e-5f);
    });

    [TestMethod]
    public void Onnx_model_has_the_candidates_of_the_model() => TemporaryFile.Use(path =>
    {
        var context = new MLContext(1);
        var file = SampleModel.Save("several-onnx.zip", candidates: 3);
        Assert.AreEqual("", ToolRun.Run("onnx", file, path).Error);

        var rows = SampleModel.WithCandidates(
            Samples.Fixed(5).Select(row => new TrainingRow { PreviousEmbeddings = row.PreviousEmbeddings, CurrentEmbeddings = row.CurrentEmbeddings }), 3);
        using var model = (Microsoft.ML.Data.TransformerChain<ITransformer>)context.Model.Load(file, out _);
        var expected = model.Scores(context, context.Data.LoadFromEnumerable(rows));
        using var session = new InferenceSession(path);
        using var outputs = session.Run(
        [
            NamedOnnxValue.CreateFromTensor("PreviousEmbeddings", new DenseTensor<float>(rows.SelectMany(row => row.PreviousEmbeddings).ToArray(), [5, TokenRow.Tokens, SampleModel.Dimension])),
            NamedOnnxValue.CreateFromTensor("CurrentEmbeddings", new DenseTensor<float>(rows.SelectMany(row => row.CurrentEmbeddings).ToArray(), [5, TokenRow.Tokens, 3, SampleModel.Dimension])),
        ]);
        var scores = outputs.Single(output => output.Name == "TokenScores").AsTensor<float>();
        CollectionAssert.AreEqual(new[] { 5, TokenRow.Tokens, 3 }, scores.Dimensions.ToArray());
        Expect.Close(expected.SelectMany(row => row.TokenScores).ToArray(), scores.ToArray(), 1e-5);
    });

    [TestMethod]
    public void Stage_that_has_no_part_in_the_onnx_model_is_an_error() => TemporaryFolder.Use(folder =>
    {
        var context = new MLContext(1);
        var rows = context.Data.LoadFromEnumerable(Samples.Free(8, SampleModel.MaxTokens));
        using var inner = (Microsoft.ML.Data.TransformerChain<ITransformer>)context.Model.Load(SampleModel.Path, out _);
        var path = Path.Combine(folder, "longer.zip");
        context.Model.Save(inner.Append(context.Transforms.CopyColumns("Copy", "Score").Fit(inner.Transform(rows))), rows.Schema, path);

        var run = ToolRun.Run("onnx", path, Path.Combine(folder, "model.onnx"));

        Assert.AreEqual(ExitCode.Failure, run.ExitCode);
        Assert.StartsWith($"{path}: expected a scorer, or a transform and a scorer, found ColumnCopyingTransformer too; ", run.Sentence);
        Assert.IsFalse(File.Exists(Path.Combine(folder, "model.onnx")));
    });

    [TestMethod]
    public void Columns_of_stages_after_the_scorer_are_written_by_ntd_score() => TemporaryFolder.Use(folder =>
    {
        var context = new MLContext(1);
        var rows = SampleTable.Rows(8);
        var view = context.Data.LoadFromEnumerable(rows);
        using var inner = (Microsoft.ML.Data.TransformerChain<ITransformer>)context.Model.Load(SampleModel.Path, out _);
        var (model, input, output) = (Path.Combine(folder, "longer.zip"), Path.Combine(folder, "in.parquet"), Path.Combine(folder, "out.parquet"));
        context.Model.Save(inner.Append(context.Transforms.CopyColumns("Copy", "Score").Fit(inner.Transform(view))), view.Schema, model);
        SampleTable.Write(input, rows);

        Assert.AreEqual("", ToolRun.Run("score", input, "-m", model, "-o", output).Error);

        var table = SampleTable.Read(output);
        CollectionAssert.AreEqual(table["Score"], table["Copy"]);
    });
}
