namespace MlNetNtd.Packages.Tests;

/// <summary>
/// docs/options.md is written from the XML documentation of the options. <c>MLNETNTD_UPDATE_DOCS=1 dotnet test tests/Packages --filter
/// OptionsPage</c> writes it anew.
/// </summary>
[TestClass]
public sealed class OptionsPageTests
{
    private const string PagePath = "docs/options.md";

    public static IEnumerable<object[]> OptionsClasses => OptionsPage.Sections.Select(section => new object[] { section.Options });

    [TestMethod]
    public void Page_is_what_the_XML_documentation_says()
    {
        var expected = OptionsPage.Create();
        if (Environment.GetEnvironmentVariable("MLNETNTD_UPDATE_DOCS") == "1")
            File.WriteAllText(Repository.PathOf(PagePath), expected);

        Assert.AreEqual(
            expected, File.ReadAllText(Repository.PathOf(PagePath)).ReplaceLineEndings("\n"), "MLNETNTD_UPDATE_DOCS=1 writes the page anew.");
    }

    [TestMethod]
    [DynamicData(nameof(OptionsClasses))]
    public void Default_in_the_documentation_is_the_default_in_the_code(Type options)
    {
        var defaults = Activator.CreateInstance(options);
        foreach (var option in OptionsPage.Read(options))
            StringAssert.StartsWith(option.Default, OptionsPage.Format(option.Property.GetValue(defaults)), $"{options}.{option.Property.Name}");
    }
}
