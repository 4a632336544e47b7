using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace MlNetNtd.Tests;

/// <summary>The transform among ML.NET's own transforms, fitted, saved and loaded with them.</summary>
[TestClass]
public sealed class RealTransformsTests
{
    private static readonly List<LabeledRow> Rows = LabeledRow.Make(40);

    private static readonly float[][] Expected = [.. Rows.Select(row => row.Combined())];

    [TestMethod]
    public void Transform_reads_the_output_of_Concatenate()
    {
        var ml = new MLContext(seed: 1);
        // Token by token, each a column, as they come from a text file.
        var rows = Rows.Select(row => new TokenRow
        {
            Previous1 = row.PreviousEmbeddings[..6],
            Previous2 = row.PreviousEmbeddings[6..],
            Current1 = row.CurrentEmbeddings[..3],
            Current2 = row.CurrentEmbeddings[3..],
        });
        var data = ml.Data.LoadFromEnumerable(rows);

        var output = Output(
            ml.Transforms.Concatenate(Views.Previous, "Previous1", "Previous2")
                .Append(ml.Transforms.Concatenate(Views.Current, "Current1", "Current2"))
                .Append(ml.Transforms.NextTokenDiscriminator(embeddingDimension: LabeledRow.Dimension)),
            data);

        ExpectVectors(Expected, output, Views.Combined);
    }

    [TestMethod]
    public void Transform_reads_the_output_of_CopyColumns_and_DropColumns()
    {
        var ml = new MLContext(seed: 1);
        var output = Output(
            ml.Transforms.CopyColumns("Truth", Views.Previous)
                .Append(ml.Transforms.CopyColumns("Guess", Views.Current))
                .Append(ml.Transforms.DropColumns(Views.Previous, Views.Current))
                .Append(ml.Transforms.NextTokenDiscriminator(previousColumnName: "Truth", currentColumnName: "Guess")),
            Data(ml));

        Assert.IsNull(output.Schema.GetColumnOrNull(Views.Previous));
        ExpectVectors(Expected, output, Views.Combined);
    }

    [TestMethod]
    public void Transform_reads_the_output_of_NormalizeMinMax()
    {
        var ml = new MLContext(seed: 1);
        var normalize = ml.Transforms.NormalizeMinMax(Views.Previous).Append(ml.Transforms.NormalizeMinMax(Views.Current));
        var normalized = normalize.Fit(Data(ml)).Transform(Data(ml));
        var expected = ViewReader.Vectors<float>(normalized, Views.Previous)
            .Zip(ViewReader.Vectors<float>(normalized, Views.Current), (previous, current) =>
                Reference.Combined(new float[LabeledRow.Dimension], new SequencePair(previous, current)));

        var output = Output(normalize.Append(Stage(ml)), Data(ml));

        Assert.IsFalse(expected.First().SequenceEqual(Expected[0]), "Nothing was normalized.");
        ExpectVectors([.. expected], output, Views.Combined);
    }

    [TestMethod]
    public void Transform_reads_the_output_of_ConvertType_as_its_error_advises()
    {
        var ml = new MLContext(seed: 1);
        var rows = Rows.Select(row => new DoubleRow
        {
            PreviousEmbeddings = Array.ConvertAll(row.PreviousEmbeddings, value => (double)value),
            CurrentEmbeddings = Array.ConvertAll(row.CurrentEmbeddings, value => (double)value),
        });
        var data = ml.Data.LoadFromEnumerable(rows);
        var refused = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Stage(ml).Fit(data));
        StringAssert.Contains(refused.Message, "mlContext.Transforms.Conversion.ConvertType(\"PreviousEmbeddings\", outputKind: DataKind.Single)");

        var output = Output(
            ml.Transforms.Conversion.ConvertType(Views.Previous, outputKind: DataKind.Single)
                .Append(ml.Transforms.Conversion.ConvertType(Views.Current, outputKind: DataKind.Single))
                .Append(Stage(ml)),
            data);

        ExpectVectors(Expected, output, Views.Combined);
    }

    [TestMethod]
    public void Transform_reads_the_output_of_a_CustomMapping()
    {
        var ml = new MLContext(seed: 1);
        ml.ComponentCatalog.RegisterAssembly(typeof(LookUp).Assembly);
        IdRow[] rows = [new() { Ids = [1, 2, 3], Guesses = [2, 2, 0] }, new() { Ids = [4], Guesses = [0] }];
        var data = ml.Data.LoadFromEnumerable(rows);

        var output = Output(
            ml.Transforms.CustomMapping(new LookUp().GetMapping(), nameof(LookUp))
                .Append(ml.Transforms.NextTokenDiscriminator(embeddingDimension: 2)),
            data);

        ExpectVectors(
            [[0, 0, 1, 10, 2, 20, 2, 20, 2, 20, 0, 0], [0, 0, 0, 0]], output, Views.Combined);
    }

    [TestMethod]
    public void Concatenate_reads_the_output()
    {
        var ml = new MLContext(seed: 1);
        var output = Output(Stage(ml).Append(ml.Transforms.Concatenate("Features", Views.Combined, nameof(LabeledRow.Number))), Data(ml));
        ExpectVectors([.. Expected.Select((values, row) => (float[])[.. values, row])], output, "Features");
    }

    [TestMethod]
    public void CopyColumns_reads_the_output_and_keeps_the_mask()
    {
        var ml = new MLContext(seed: 1);
        var output = Output(Stage(ml).Append(ml.Transforms.CopyColumns("Features", Views.Combined)), Data(ml));
        ExpectVectors(Expected, output, "Features");
        Assert.IsTrue(output.Schema.TryGetAttentionMask("Features", out bool[]? mask));
        Expect.Same<bool>(Reference.Blocked(LabeledRow.Tokens), mask);
    }

    [TestMethod]
    public void NormalizeMinMax_reads_the_output()
    {
        var ml = new MLContext(seed: 1);
        var output = Output(
            Stage(ml).Append(ml.Transforms.NormalizeMinMax("Normalized", Views.Combined, fixZero: true)), Data(ml));
        var largest = Enumerable.Range(0, Expected[0].Length).Select(i => Expected.Max(values => Math.Abs(values[i]))).ToArray();
        var normalized = ViewReader.Vectors<float>(output, "Normalized");
        for (var row = 0; row < Rows.Count; row++)
            Expect.Close([.. Expected[row].Zip(largest, (value, most) => most == 0 ? 0 : value / most)], normalized[row], 1e-6);
    }

    [TestMethod]
    public void DropColumns_reads_the_output()
    {
        var ml = new MLContext(seed: 1);
        var output = Output(Stage(ml).Append(ml.Transforms.DropColumns(Views.Previous, Views.Mask)), Data(ml));
        CollectionAssert.AreEqual(
            new[] { Views.Current, nameof(LabeledRow.Label), nameof(LabeledRow.Number), Views.Combined },
            output.Schema.Select(column => column.Name).ToArray());
        ExpectVectors(Expected, output, Views.Combined);
    }

    [TestMethod]
    public void CustomMapping_reads_sequence_and_mask()
    {
        var ml = new MLContext(seed: 1);
        ml.ComponentCatalog.RegisterAssembly(typeof(Count).Assembly);
        var output = Output(Stage(ml).Append(ml.Transforms.CustomMapping(new Count().GetMapping(), nameof(Count))), Data(ml));

        // T (T + 1) / 2 in each of the left quarters, T on the diagonal of the last.
        Assert.IsTrue(ViewReader.Scalars<int>(output, nameof(Counted.Seen)).All(seen => seen == 10 + 10 + 4));
        Expect.Close(
            [.. Expected.Select(values => values.Sum())], [.. ViewReader.Scalars<float>(output, nameof(Counted.Sum))], 1e-5);
    }

    [TestMethod]
    public void Transform_works_between_other_transforms()
    {
        var ml = new MLContext(seed: 1);
        var output = Output(
            ml.Transforms.NormalizeMinMax(Views.Previous)
                .Append(ml.Transforms.CopyColumns("Guess", Views.Current))
                .Append(ml.Transforms.NextTokenDiscriminator(currentColumnName: "Guess", maskColumnName: null))
                .AppendCacheCheckpoint(ml)
                .Append(ml.Transforms.Concatenate("Features", Views.Combined, nameof(LabeledRow.Number)))
                .Append(ml.Transforms.NormalizeMeanVariance("Features"))
                .Append(ml.Transforms.DropColumns(Views.Combined)),
            Data(ml));
        Assert.AreEqual(8 * LabeledRow.Dimension + 1, ((VectorDataViewType)output.Schema["Features"].Type).Size);
    }

    private static NextTokenDiscriminatorEstimator Stage(MLContext ml) => ml.Transforms.NextTokenDiscriminator();

    private static IDataView Data(MLContext ml) => ml.Data.LoadFromEnumerable(Rows);

    // The output of a pipeline, checked in every way, and to be the same from the saved and loaded model.
    private static IDataView Output(IEstimator<ITransformer> pipeline, IDataView data)
    {
        new EstimatorChecklist(pipeline).Holds(data);
        return pipeline.Fit(data).Transform(data);
    }

    private static void ExpectVectors(float[][] expected, IDataView view, string column)
    {
        var found = ViewReader.Vectors<float>(view, column);
        Assert.HasCount(expected.Length, found);
        for (var row = 0; row < expected.Length; row++)
            Expect.SameBits(expected[row], found[row], $"Row {row}.");
    }

    public sealed class TokenRow
    {
        [VectorType(6)]
        public float[] Previous1 { get; set; } = [];

        [VectorType(6)]
        public float[] Previous2 { get; set; } = [];

        [VectorType(3)]
        public float[] Current1 { get; set; } = [];

        [VectorType(9)]
        public float[] Current2 { get; set; } = [];
    }

    public sealed class DoubleRow
    {
        [VectorType(LabeledRow.Tokens, LabeledRow.Dimension)]
        public double[] PreviousEmbeddings { get; set; } = [];

        [VectorType(LabeledRow.Tokens, LabeledRow.Dimension)]
        public double[] CurrentEmbeddings { get; set; } = [];
    }

    public sealed class IdRow
    {
        public int[] Ids { get; set; } = [];

        public int[] Guesses { get; set; } = [];
    }

    public sealed class EmbeddedRow
    {
        public float[] PreviousEmbeddings { get; set; } = [];

        public float[] CurrentEmbeddings { get; set; } = [];
    }

    /// <summary>The embedding of a token id: (id, 10 id).</summary>
    [CustomMappingFactoryAttribute(nameof(LookUp))]
    public sealed class LookUp : CustomMappingFactory<IdRow, EmbeddedRow>
    {
        public override Action<IdRow, EmbeddedRow> GetMapping() => (ids, embedded) =>
        {
            embedded.PreviousEmbeddings = [.. ids.Ids.SelectMany(id => new float[] { id, 10 * id })];
            embedded.CurrentEmbeddings = [.. ids.Guesses.SelectMany(id => new float[] { id, 10 * id })];
        };
    }

    public sealed class Counted
    {
        public int Seen { get; set; }

        public float Sum { get; set; }
    }

    /// <summary>How many pairs may attend, and the sum of the sequence.</summary>
    [CustomMappingFactoryAttribute(nameof(Count))]
    public sealed class Count : CustomMappingFactory<CombinedRow, Counted>
    {
        public override Action<CombinedRow, Counted> GetMapping() => (row, counted) =>
        {
            counted.Seen = row.Mask.Count(blocked => !blocked);
            counted.Sum = row.Combined.Sum();
        };
    }
}
