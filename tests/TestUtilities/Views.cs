using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>Input views made of sequences.</summary>
internal static class Views
{
    public const string Previous = NextTokenDiscriminatorEstimator.Defaults.PreviousColumnName;
    public const string Current = NextTokenDiscriminatorEstimator.Defaults.CurrentColumnName;
    public const string Combined = NextTokenDiscriminatorEstimator.Defaults.OutputColumnName;
    public const string Mask = NextTokenDiscriminatorEstimator.Defaults.MaskColumnName;

    /// <summary>Rows of known size: the columns' type is (T, C).</summary>
    public static TestView Known(SequencePair[] rows, int tokens, int dimension, bool sparse = false) =>
        Of(rows, new VectorDataViewType(NumberDataViewType.Single, tokens, dimension), sparse);

    /// <summary>Rows of any size.</summary>
    public static TestView Unknown(SequencePair[] rows, bool sparse = false) =>
        Of(rows, new VectorDataViewType(NumberDataViewType.Single), sparse);

    /// <summary>Rows under a column type that may be a lie.</summary>
    public static TestView Of(SequencePair[] rows, VectorDataViewType type, bool sparse = false) =>
        new TestView(rows.Length)
            .Vector(Previous, type, row => rows[row].Previous, sparse)
            .Vector(Current, type, row => rows[row].Current, sparse);

    /// <summary>Adds a column beside the sequences for each kind of value that ML.NET's views carry.</summary>
    public static TestView WithEveryKindOfColumn(this TestView view) => view
        .Scalar("Number", NumberDataViewType.Int32, row => (int)row)
        .Scalar("Text", TextDataViewType.Instance, row => $"row {row}".AsMemory())
        .Scalar("Key", new KeyDataViewType(typeof(uint), 7), row => (uint)(row % 8))
        .Scalar("Flag", BooleanDataViewType.Instance, row => row % 2 == 0)
        .Scalar("When", DateTimeDataViewType.Instance, row => new DateTime(2024, 2, 29, 0, 0, 0, DateTimeKind.Utc).AddHours(row))
        .Vector("Weights", new VectorDataViewType(NumberDataViewType.Double), row => Enumerable.Range(0, (int)row % 4).Select(i => row + i / 8.0).ToArray())
        .Vector("Sparse", new VectorDataViewType(NumberDataViewType.Int64, 6), row => new[] { 0L, row + 1, 0L, 0L, -row, 0L }, sparse: true)
        .Vector("Words", new VectorDataViewType(TextDataViewType.Instance, 2), row => new[] { $"a{row}".AsMemory(), $"b{row}".AsMemory() })
        .Scalar("Id", RowIdDataViewType.Instance, row => new DataViewRowId((ulong)row, 77));
}
