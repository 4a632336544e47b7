namespace MlNetNtd.Tests;

/// <summary>The stage among ML.NET's own transforms, fitted, saved and loaded with them.</summary>
[TestClass]
[NeedsRealPackages]
[TestCategory(Category.RealPackages)]
public sealed partial class RealTransformsTests
{
    [TestMethod]
    public void Behind_Concatenate() => AfterConcatenate();

    [TestMethod]
    public void Behind_CopyColumns_and_DropColumns() => AfterCopyAndDrop();

    [TestMethod]
    public void Behind_NormalizeMinMax() => AfterNormalize();

    [TestMethod]
    public void Behind_ConvertType_as_the_error_message_advises() => AfterConvertType();

    [TestMethod]
    public void Behind_a_CustomMapping_that_looks_embeddings_up() => AfterCustomMapping();

    [TestMethod]
    public void In_front_of_Concatenate() => BeforeConcatenate();

    [TestMethod]
    public void In_front_of_CopyColumns_which_keeps_the_mask() => BeforeCopy();

    [TestMethod]
    public void In_front_of_NormalizeMinMax() => BeforeNormalize();

    [TestMethod]
    public void In_front_of_DropColumns() => BeforeDrop();

    [TestMethod]
    public void In_front_of_a_CustomMapping_that_reads_sequence_and_mask() => BeforeCustomMapping();

    [TestMethod]
    public void Between_transforms_on_both_sides() => Between();

    static partial void AfterConcatenate();

    static partial void AfterCopyAndDrop();

    static partial void AfterNormalize();

    static partial void AfterConvertType();

    static partial void AfterCustomMapping();

    static partial void BeforeConcatenate();

    static partial void BeforeCopy();

    static partial void BeforeNormalize();

    static partial void BeforeDrop();

    static partial void BeforeCustomMapping();

    static partial void Between();
}
