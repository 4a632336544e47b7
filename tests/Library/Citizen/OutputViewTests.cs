namespace MlNetNtd.Tests;

/// <summary>What ML.NET does with a view, done with the stage's output: by both engines, the rows stay right.</summary>
[TestClass]
[NeedsRealPackages]
[TestCategory(Category.RealPackages)]
public sealed partial class OutputViewTests
{
    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void It_is_cached(EngineKind engine) => Caches(engine);

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Its_rows_are_shuffled(EngineKind engine) => Shuffles(engine);

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Its_rows_are_filtered_by_a_column(EngineKind engine) => Filters(engine);

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Its_rows_with_missing_values_are_left_out(EngineKind engine) => FiltersMissing(engine);

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Rows_of_it_are_skipped_and_taken(EngineKind engine) => Takes(engine);

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void It_is_split_for_training_and_test(EngineKind engine) => Splits(engine);

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void It_is_previewed(EngineKind engine) => Previews(engine);

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void It_becomes_objects_and_arrays(EngineKind engine) => Enumerates(engine);

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void It_is_saved_in_binary_with_its_dimensions_and_its_mask(EngineKind engine) => SavesBinary(engine);

    [TestMethod]
    public void Rows_of_different_lengths_are_saved_in_binary() => SavesBinaryOfAnySize();

    static partial void Caches(EngineKind engine);

    static partial void Shuffles(EngineKind engine);

    static partial void Filters(EngineKind engine);

    static partial void FiltersMissing(EngineKind engine);

    static partial void Takes(EngineKind engine);

    static partial void Splits(EngineKind engine);

    static partial void Previews(EngineKind engine);

    static partial void Enumerates(EngineKind engine);

    static partial void SavesBinary(EngineKind engine);

    static partial void SavesBinaryOfAnySize();
}
