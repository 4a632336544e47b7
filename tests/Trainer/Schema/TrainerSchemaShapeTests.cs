using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;
using Options = MlNetNtd.NextTokenDiscriminatorTrainer.Options;

namespace MlNetNtd.Tests;

/// <summary>Schemas that a chain of estimators checks before there is data.</summary>
[TestClass]
public sealed class TrainerSchemaShapeTests
{
    private const string MaskExpected = "Vector<Boolean> or, to be added to the scores, Vector<Single>";

    private static readonly DataViewType Key = new KeyDataViewType(typeof(uint), 3);

    [TestMethod]
    public void Readable_columns_of_every_size_are_accepted()
    {
        foreach (var known in new[] { true, false })
        {
            var good = Good(known);
            Ok(good);
            Ok(good, options => options.MaskKind = MaskKind.Allowed);
            Ok(With(good, "Mask", Vector(NumberDataViewType.Single, known)), options => options.MaskKind = MaskKind.Additive);
            Ok(With(good, "Label", Vector(BooleanDataViewType.Instance, known)));
        }
    }

    [TestMethod]
    public void Score_column_has_a_size_where_the_feature_column_has_one()
    {
        foreach (var known in new[] { true, false })
        {
            var columns = Trainers.Small(new MLContext(), All).GetOutputSchema(Shape(Good(known))).ToDictionary(column => column.Name);

            CollectionAssert.AreEquivalent(
                new[] { "Combined", "Mask", "Label", "Count", "Weight", "PredictedLabel", "Score", "Probability", "TokenScores" }, columns.Keys);
            Assert.AreEqual(known ? SchemaShape.Column.VectorKind.Vector : SchemaShape.Column.VectorKind.VariableVector, columns["TokenScores"].Kind);
        }
    }

    [TestMethod]
    public void Unreadable_type_is_named_with_the_expected_one()
    {
        foreach (var (column, role, expected, types) in new (string, string, string, (DataViewType Type, string Named)[])[]
        {
            ("Combined", "feature", "Vector<Single, 2T, C>",
                [(NumberDataViewType.Single, "Single"), (Vector(NumberDataViewType.Double), "Vector<Double>"), (Vector(NumberDataViewType.Double, false), "VarVector<Double>"),
                    (Vector(Key), "Vector<Key<UInt32>>")]),
            ("Mask", "mask", MaskExpected,
                [(BooleanDataViewType.Instance, "Boolean"), (NumberDataViewType.Single, "Single"), (Vector(NumberDataViewType.Int32), "Vector<Int32>"), (Vector(Key), "Vector<Key<UInt32>>")]),
            ("Label", "label", "Boolean, or Vector<Boolean> with a label per token",
                [(NumberDataViewType.Single, "Single"), (Key, "Key<UInt32>"), (Vector(TextDataViewType.Instance), "Vector<String>")]),
            ("Count", "token count", "Int32",
                [(NumberDataViewType.Int64, "Int64"), (Vector(NumberDataViewType.Int32), "Vector<Int32>"), (Key, "Key<UInt32>")]),
            ("Weight", "example weight", "Single",
                [(NumberDataViewType.Double, "Double"), (Vector(NumberDataViewType.Single), "Vector<Single>"), (Key, "Key<UInt32>")]),
        })
        {
            foreach (var (type, named) in types)
                Refused(With(Good(), column, type), All, $"Schema mismatch for {role} column '{column}': expected {expected}, got {named}.");
            Refused([.. Good().Where(one => one.Name != column)], All, $"Could not find {role} column '{column}'");
        }
    }

    [TestMethod]
    public void Boolean_mask_cannot_be_additive() => Refused(
        Good(), options => { All(options); options.MaskKind = MaskKind.Additive; }, "mask column 'Mask': expected Vector<Single>, got Vector<Boolean>.", "say what its true means");

    /// <summary>It is read in the place of a mask column.</summary>
    [TestMethod]
    public void Mask_annotation_of_another_type_is_refused_where_it_is_used()
    {
        static void NoColumn(Options options)
        {
            All(options);
            options.MaskColumnName = "";
        }

        Ok(Good(), NoColumn);
        Ok(Good(), NoColumn, annotated: Vector(BooleanDataViewType.Instance));
        Ok(Good(), NoColumn, annotated: Vector(NumberDataViewType.Single));
        Ok(Good(), All, annotated: NumberDataViewType.Int32);
        foreach (var (type, named) in new (DataViewType, string)[] { (BooleanDataViewType.Instance, "Boolean"), (Vector(NumberDataViewType.Int32), "Vector<Int32>") })
        {
            Refused(
                Good(), NoColumn, type, $"feature column 'Combined': expected the annotation AttentionMask, {MaskExpected}, as MaskColumnName is null, got {named}.");
        }
    }

    private static void All(Options options) =>
        (options.TokenCountColumnName, options.ExampleWeightColumnName) = ("Count", "Weight");

    private static VectorDataViewType Vector(DataViewType item, bool known = true) => new((PrimitiveDataViewType)item, known ? 4 : 0);

    private static List<(string Name, DataViewType Type)> Good(bool known = true) =>
    [
        ("Combined", Vector(NumberDataViewType.Single, known)), ("Mask", Vector(BooleanDataViewType.Instance, known)), ("Label", BooleanDataViewType.Instance),
        ("Count", NumberDataViewType.Int32), ("Weight", NumberDataViewType.Single),
    ];

    private static List<(string Name, DataViewType Type)> With(List<(string Name, DataViewType Type)> columns, string name, DataViewType type) =>
        columns.ConvertAll(column => column.Name == name ? (name, type) : column);

    private static SchemaShape Shape(List<(string Name, DataViewType Type)> columns, DataViewType? annotated = null)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        if (annotated is not null)
            annotations.Add("AttentionMask", annotated, Getter(annotated));
        var schema = new DataViewSchema.Builder();
        foreach (var (name, type) in columns)
            schema.AddColumn(name, type, name == "Combined" ? annotations.ToAnnotations() : null);
        return Shapes.Of(schema.ToSchema());
    }

    // A shape has types alone: nobody asks for values.
    private static Delegate Getter(DataViewType type)
    {
        var method = typeof(TrainerSchemaShapeTests).GetMethod(nameof(Nothing), BindingFlags.NonPublic | BindingFlags.Static)!;
        return Delegate.CreateDelegate(typeof(ValueGetter<>).MakeGenericType(type.RawType), method.MakeGenericMethod(type.RawType));
    }

    private static void Nothing<T>(ref T value) => throw new NotSupportedException();

    private static void Ok(List<(string Name, DataViewType Type)> columns, Action<Options>? configure = null, DataViewType? annotated = null) =>
        Trainers.Small(new MLContext(), configure ?? All).GetOutputSchema(Shape(columns, annotated));

    private static void Refused(List<(string Name, DataViewType Type)> columns, Action<Options> configure, params string[] phrases) =>
        Refused(columns, configure, null, phrases);

    private static void Refused(List<(string Name, DataViewType Type)> columns, Action<Options> configure, DataViewType? annotated, params string[] phrases) =>
        Expect.Error<ArgumentOutOfRangeException>(() => Ok(columns, configure, annotated), phrases);
}
