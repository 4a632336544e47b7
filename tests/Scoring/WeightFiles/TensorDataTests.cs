namespace MlNetNtd.Tests;

/// <summary>A tensor of a weight file: its shape matches its items, which are of one type.</summary>
[TestClass]
public sealed class TensorDataTests
{
    [TestMethod]
    [DataRow(new long[] { 2, 2 }, "The shape (2, 2) has 4 items, found 3.")]
    [DataRow(new long[] { }, "The shape () has 1 items, found 3.")]
    [DataRow(new[] { 1L << 32, 1L << 32 }, "The shape (4294967296, 4294967296) has 18446744073709551616 items, found 3.")]
    public void Shape_of_another_number_of_items_is_refused(long[] shape, string problem) =>
        Expect.Error<ArgumentException>(problem, () => TensorData.FromSingles(shape, [1, 2, 3]));

    [TestMethod]
    public void Negative_dimensions_are_refused()
    {
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => TensorData.FromSingles([-1, -3], [1, 2, 3]));

        Assert.AreEqual("shape", error.ParamName);
    }

    [TestMethod]
    public void Items_are_copied()
    {
        float[] values = [1, 2];
        var tensor = TensorData.FromSingles([2], values);

        values[0] = 3;

        Expect.SameBits([1, 2], tensor.AsSingles());
    }

    [TestMethod]
    public void Items_of_another_type_are_not_read_as_floats()
    {
        var tensor = new TensorData("F64", [1], new byte[8]);

        Expect.Error<InvalidOperationException>("Expected items of type F32, found F64.", () => tensor.AsSingles());
    }
}
