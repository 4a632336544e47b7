using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>The columns that a consumer requests.</summary>
[TestClass]
public sealed class ActiveColumnsTests
{
    [TestMethod]
    public void Active_columns_are_requested_once_in_schema_order()
    {
        DataViewSchema schema = Views.Known(Sequences.Pairs(1, 3, 2), 3, 2).WithEveryKindOfColumn().Schema;

        var active = new ActiveColumns(schema, [schema[2], schema[0], schema[2]]);

        CollectionAssert.AreEqual(new[] { 0, 2 }, active.Columns.Select(column => column.Index).ToArray());
        CollectionAssert.AreEqual(
            new[] { false, true, false, true, false }, Enumerable.Range(-1, 5).Select(index => active[index]).ToArray());
        Assert.IsFalse(active[schema.Count], "A column behind the last.");
    }
}
