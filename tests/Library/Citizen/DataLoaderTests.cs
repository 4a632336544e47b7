namespace MlNetNtd.Tests;

/// <summary>The stage behind a data loader, and saved together with it.</summary>
[TestClass]
[NeedsRealPackages]
[TestCategory(Category.RealPackages)]
public sealed partial class DataLoaderTests
{
    [TestMethod]
    public void A_chain_is_saved_with_the_text_loader_that_feeds_it() => SavesWithLoader();

    [TestMethod]
    public void A_loader_with_the_stage_appended_is_saved_as_one() => SavesComposite();

    static partial void SavesWithLoader();

    static partial void SavesComposite();
}
