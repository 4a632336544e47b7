using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>The estimator promises exactly the shape that its transformer then has.</summary>
[TestClass]
public sealed class SchemaShapeTests
{
    private static readonly VectorDataViewType Shaped = new(NumberDataViewType.Single, 3, 4);
    private static readonly VectorDataViewType Free = new(NumberDataViewType.Single, 0, 4);

    [TestMethod]
    public void Columns_of_known_size_have_the_promised_shape() => IsKept(
        View(Shaped, Shaped),
        """
        Combined: Vector of Single
          AttentionMask: Vector of Boolean
          AttentionMaskKind: Scalar of String
          AttentionMaskRule: Scalar of String
          AttentionMaskTokens: Scalar of Int32
          CandidatesPerToken: Scalar of Int32
          CurrentColumnName: Scalar of String
          PreviousColumnName: Scalar of String
        CurrentEmbeddings: Vector of Single
        Mask: Vector of Boolean
          AttentionMaskKind: Scalar of String
          AttentionMaskRule: Scalar of String
          AttentionMaskTokens: Scalar of Int32
        Number: Scalar of UInt32, a key
        PreviousEmbeddings: Vector of Single
        """);

    [TestMethod]
    public void Columns_of_unknown_size_have_the_promised_shape() => IsKept(
        View(Free, Free),
        """
        Combined: VariableVector of Single
          AttentionMaskRule: Scalar of String
          CandidatesPerToken: Scalar of Int32
          CurrentColumnName: Scalar of String
          MaxTokens: Scalar of Int32
          PreviousColumnName: Scalar of String
        CurrentEmbeddings: VariableVector of Single
        Mask: VariableVector of Boolean
          AttentionMaskKind: Scalar of String
          AttentionMaskRule: Scalar of String
        Number: Scalar of UInt32, a key
        PreviousEmbeddings: VariableVector of Single
        """);

    [TestMethod]
    public void One_column_of_known_size_has_the_promised_shape()
    {
        IsKept(View(Shaped, Free), options: null);
        IsKept(View(Free, Shaped), options: null);
        StringAssert.StartsWith(
            Shapes.Describe(Promised(View(Free, Shaped), null)), "Combined: Vector of Single\n  AttentionMask: Vector of Boolean\n");
    }

    [TestMethod]
    public void Padded_columns_of_unknown_size_have_the_promised_shape() => IsKept(
        View(Free, Free),
        """
        Combined: Vector of Single
          AttentionMaskRule: Scalar of String
          CandidatesPerToken: Scalar of Int32
          CurrentColumnName: Scalar of String
          PreviousColumnName: Scalar of String
        CurrentEmbeddings: VariableVector of Single
        Mask: Vector of Boolean
          AttentionMaskKind: Scalar of String
          AttentionMaskRule: Scalar of String
        Number: Scalar of UInt32, a key
        PreviousEmbeddings: VariableVector of Single
        """,
        Pad);

    [TestMethod]
    public void Padded_columns_of_known_size_have_the_promised_shape() => IsKept(View(Shaped, Shaped), Pad);

    [TestMethod]
    [DataRow(MaskKind.Blocked, "Boolean")]
    [DataRow(MaskKind.Allowed, "Boolean")]
    [DataRow(MaskKind.Additive, "Single")]
    public void Each_mask_kind_has_the_promised_shape(MaskKind kind, string item)
    {
        IsKept(View(Free, Free), options => options.MaskKind = kind);
        IsKept(
            View(Shaped, Shaped),
            $"""
            Combined: Vector of Single
              AttentionMask: Vector of {item}
              AttentionMaskKind: Scalar of String
              AttentionMaskRule: Scalar of String
              AttentionMaskTokens: Scalar of Int32
              CandidatesPerToken: Scalar of Int32
              CurrentColumnName: Scalar of String
              PreviousColumnName: Scalar of String
            CurrentEmbeddings: Vector of Single
            Mask: Vector of {item}
              AttentionMaskKind: Scalar of String
              AttentionMaskRule: Scalar of String
              AttentionMaskTokens: Scalar of Int32
            Number: Scalar of UInt32, a key
            PreviousEmbeddings: Vector of Single
            """,
            options => options.MaskKind = kind);
    }

    [TestMethod]
    public void Token_count_without_a_mask_column_has_the_promised_shape() => IsKept(
        View(Shaped, Shaped),
        """
        Combined: Vector of Single
          AttentionMask: Vector of Boolean
          AttentionMaskKind: Scalar of String
          AttentionMaskRule: Scalar of String
          AttentionMaskTokens: Scalar of Int32
          CandidatesPerToken: Scalar of Int32
          CurrentColumnName: Scalar of String
          PreviousColumnName: Scalar of String
        Count: Scalar of Int32
          TokenCountOf: Scalar of String
        CurrentEmbeddings: Vector of Single
        Number: Scalar of UInt32, a key
        PreviousEmbeddings: Vector of Single
        """,
        options =>
        {
            options.MaskColumnName = null;
            options.TokenCountColumnName = "Count";
        });

    [TestMethod]
    public void Outputs_that_hide_inputs_have_the_promised_shape() => IsKept(
        View(Shaped, Shaped),
        """
        CurrentEmbeddings: Vector of Boolean
          AttentionMaskKind: Scalar of String
          AttentionMaskRule: Scalar of String
          AttentionMaskTokens: Scalar of Int32
        Number: Scalar of Int32
          TokenCountOf: Scalar of String
        PreviousEmbeddings: Vector of Single
          AttentionMask: Vector of Boolean
          AttentionMaskKind: Scalar of String
          AttentionMaskRule: Scalar of String
          AttentionMaskTokens: Scalar of Int32
          CandidatesPerToken: Scalar of Int32
          CurrentColumnName: Scalar of String
          PreviousColumnName: Scalar of String
        """,
        options =>
        {
            options.OutputColumnName = Views.Previous;
            options.MaskColumnName = Views.Current;
            options.TokenCountColumnName = "Number";
        });

    [TestMethod]
    public void Chain_has_the_promised_shape()
    {
        var context = new MLContext(seed: 1);
        var view = View(Shaped, Shaped);
        var chain = context.Transforms.NextTokenDiscriminator()
            .Append(context.Transforms.CopyColumns("Copy", "Combined"))
            .Append(context.Transforms.NextTokenDiscriminator("Again", "AgainMask", "PreviousEmbeddings", "CurrentEmbeddings"));

        var promised = chain.GetOutputSchema(Shapes.Of(view.Schema));
        var made = Shapes.Of(chain.Fit(view).GetOutputSchema(view.Schema));

        Assert.AreEqual(Shapes.Describe(made), Shapes.Describe(promised));
        StringAssert.Contains(Shapes.Describe(promised), "Copy: Vector of Single\n  AttentionMask: Vector of Boolean\n");
    }

    private static void Pad(NextTokenDiscriminatorEstimator.Options options)
    {
        options.PadToMaxTokens = true;
        options.MaxTokens = 8;
    }

    private static void IsKept(TestView view, string shape, Action<NextTokenDiscriminatorEstimator.Options>? options = null)
    {
        Assert.AreEqual(shape.ReplaceLineEndings("\n"), Shapes.Describe(Promised(view, options)));
        IsKept(view, options);
    }

    private static void IsKept(TestView view, Action<NextTokenDiscriminatorEstimator.Options>? options) => Assert.AreEqual(
        Shapes.Describe(Shapes.Of(Transformers.Fit(view, options).GetOutputSchema(view.Schema))),
        Shapes.Describe(Promised(view, options)));

    private static SchemaShape Promised(TestView view, Action<NextTokenDiscriminatorEstimator.Options>? configure)
    {
        var options = new NextTokenDiscriminatorEstimator.Options();
        configure?.Invoke(options);
        return new MLContext(seed: 1).Transforms.NextTokenDiscriminator(options).GetOutputSchema(Shapes.Of(view.Schema));
    }

    private static TestView View(VectorDataViewType previous, VectorDataViewType current) => new TestView(1)
        .Vector(Views.Previous, previous, _ => new float[12])
        .Scalar("Number", new KeyDataViewType(typeof(uint), 3), _ => 1u)
        .Vector(Views.Current, current, _ => new float[12]);
}
