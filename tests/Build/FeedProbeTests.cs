namespace MlNetNtd.Build.Tests;

/// <summary>The build finds out by itself which packages there are, says so once, and remembers what it knows for sure.</summary>
[TestClass]
public sealed class FeedProbeTests
{
    private const string RealPackages =
        "MlNetNtd: building against the real Microsoft.ML and TorchSharp packages (remembered in artifacts/upstream.props).";

    private const string StandIns =
        "MlNetNtd: no package source here carries the real Microsoft.ML and TorchSharp packages; building against standins/ "
        + "(remembered in artifacts/upstream.props).";

    private const string NobodyToAsk =
        "MlNetNtd: the package sources could not be asked for Microsoft.ML and TorchSharp; building against standins/ this time "
        + "(not remembered).";

    private const string RealReference = "TorchSharp";
    private const string StandInReference = "MlNetNtd.StandIns.TorchSharp";

    [TestMethod]
    public void A_source_that_carries_the_packages_means_the_real_ones()
    {
        using var clone = new Sandbox();
        EmptyPackages.Fill(clone.Packages);

        var first = clone.Answer().Succeeded();
        var second = clone.Answer().Succeeded();

        CollectionAssert.AreEqual(new[] { RealPackages }, first.Said.ToArray());
        Assert.AreEqual(RealReference, first.References);
        Assert.IsEmpty(second.Said, "The answer is remembered.");
        Assert.AreEqual(RealReference, second.References);
    }

    [TestMethod]
    public void A_source_without_the_packages_means_the_stand_ins()
    {
        using var clone = new Sandbox();

        var first = clone.Answer().Succeeded();
        EmptyPackages.Fill(clone.Packages);
        var second = clone.Answer().Succeeded();

        CollectionAssert.AreEqual(new[] { StandIns }, first.Said.ToArray());
        Assert.AreEqual(StandInReference, first.References);
        Assert.IsEmpty(second.Said, "The answer is remembered.");
        Assert.AreEqual(StandInReference, second.References);
    }

    [TestMethod]
    public void One_package_that_is_missing_means_the_stand_ins()
    {
        using var clone = new Sandbox();
        foreach (var (id, version) in EmptyPackages.Asked.Where(package => package.Id != "Krafs.Publicizer"))
            EmptyPackages.Write(clone.Packages, id, version);

        CollectionAssert.AreEqual(new[] { StandIns }, clone.Answer().Succeeded().Said.ToArray());
    }

    [TestMethod]
    public void Packages_of_older_versions_mean_the_stand_ins()
    {
        using var clone = new Sandbox();
        foreach (var (id, _) in EmptyPackages.Asked)
            EmptyPackages.Write(clone.Packages, id, "0.0.1");

        CollectionAssert.AreEqual(new[] { StandIns }, clone.Answer().Succeeded().Said.ToArray());
    }

    [TestMethod]
    public void A_source_that_cannot_be_asked_means_the_stand_ins_for_this_command_only()
    {
        using var clone = new Sandbox();
        var config = Path.Combine(clone.Root, "nuget.config");
        var reachable = File.ReadAllText(config);
        // Nothing listens on port 9. One try is enough to find that out.
        clone.Set("NUGET_ENHANCED_MAX_NETWORK_TRY_COUNT", "1");
        File.WriteAllText(config, reachable.Replace("<clear />", "<clear /><add key=\"away\" value=\"https://127.0.0.1:9/index.json\" />", StringComparison.Ordinal));

        var away = clone.Answer().Succeeded();
        File.WriteAllText(config, reachable);
        EmptyPackages.Fill(clone.Packages);
        var back = clone.Answer().Succeeded();

        CollectionAssert.AreEqual(new[] { NobodyToAsk }, away.Said.ToArray());
        Assert.AreEqual(StandInReference, away.References);
        CollectionAssert.AreEqual(new[] { RealPackages }, back.Said.ToArray());
        Assert.AreEqual(RealReference, back.References);
    }

    [TestMethod]
    public void An_answer_can_be_forced_for_one_command()
    {
        using var clone = new Sandbox();
        EmptyPackages.Fill(clone.Packages);

        var standIns = clone.Answer("-p:UpstreamPackages=false").Succeeded();
        var real = clone.Answer("-p:UpstreamPackages=true").Succeeded();

        Assert.AreEqual(StandInReference, standIns.References);
        Assert.AreEqual(RealReference, real.References);
        Assert.IsEmpty(standIns.Said.Concat(real.Said), "Nobody is asked.");
        Assert.IsFalse(File.Exists(clone.Memory), "Nothing is remembered.");
    }

    [TestMethod]
    public void An_answer_can_be_forced_against_what_is_remembered()
    {
        using var clone = new Sandbox();
        clone.Answer().Succeeded();
        clone.Set("UpstreamPackages", "true");

        var forced = clone.Answer().Failed();

        StringAssert.Contains(forced.Output, "NU1101", "The real packages are wanted and are not there.");
        StringAssert.Contains(File.ReadAllText(clone.Memory), "<UpstreamPackages>false</UpstreamPackages>");
    }

    [TestMethod]
    public void ProbeFeed_asks_again_and_remembers_the_new_answer()
    {
        using var clone = new Sandbox();
        clone.Answer().Succeeded();
        EmptyPackages.Fill(clone.Packages);

        var again = clone.Answer("-p:ProbeFeed=true").Succeeded();
        var after = clone.Answer().Succeeded();

        CollectionAssert.AreEqual(new[] { RealPackages }, again.Said.ToArray());
        Assert.AreEqual(RealReference, again.References);
        Assert.IsEmpty(after.Said);
        Assert.AreEqual(RealReference, after.References);
    }

    [TestMethod]
    public void Two_commands_at_once_both_succeed()
    {
        using var clone = new Sandbox();
        clone.AddProject("Two");
        EmptyPackages.Fill(clone.Packages);
        clone.NewFolder("cache");

        var results = new CommandResult[2];
        var threads = new[] { "One", "Two" }.Select((project, i) => new Thread(() => results[i] = clone.AnswerOf(project))).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        foreach (var result in results)
            Assert.AreEqual(RealReference, result.Succeeded().References);
        StringAssert.Contains(File.ReadAllText(clone.Memory), "<UpstreamPackages>true</UpstreamPackages>");
    }

    [TestMethod]
    public void A_solution_asks_once_for_all_its_projects()
    {
        using var clone = new Sandbox();
        clone.AddProject("Two");
        clone.AddSolution("Both.slnx", "One/One.csproj", "Two/Two.csproj");

        var result = clone.AnswerOf("Both.slnx").Succeeded();

        CollectionAssert.AreEqual(new[] { StandIns }, result.Said.ToArray());
        Assert.HasCount(3, result.Output.Split(Sandbox.ReferencesMark + "  " + StandInReference), "Both projects have it.");
    }

    [TestMethod]
    [DataRow(true, DisplayName = "RestoreAdditionalProjectSources_in_the_environment_may_name_several_folders")]
    [DataRow(false, DisplayName = "RestoreAdditionalProjectSources_on_the_command_line_may_name_several_folders")]
    public void RestoreAdditionalProjectSources_may_name_several_folders(bool inEnvironment)
    {
        using var clone = new Sandbox();
        var folders = new[] { clone.NewFolder("some packages"), clone.NewFolder("other packages") };
        foreach (var (i, (id, version)) in EmptyPackages.Asked.Index())
            EmptyPackages.Write(folders[i % 2], id, version);

        if (inEnvironment)
            clone.Set("RestoreAdditionalProjectSources", string.Join(';', folders));
        var result = clone.Answer(inEnvironment ? [] : ["-p:RestoreAdditionalProjectSources=" + string.Join("%3B", folders)]).Succeeded();

        CollectionAssert.AreEqual(new[] { RealPackages }, result.Said.ToArray());
        Assert.AreEqual(RealReference, result.References);
    }

    [TestMethod]
    public void The_probe_asks_for_the_version_that_the_command_names()
    {
        using var clone = new Sandbox();
        EmptyPackages.Fill(clone.Packages);

        CollectionAssert.AreEqual(new[] { StandIns }, clone.Answer("-p:TorchSharpVersion=99.0.0").Succeeded().Said.ToArray());
    }

    [TestMethod]
    public void The_terminal_logger_says_it_too()
    {
        using var clone = new Sandbox();

        var result = clone.Dotnet("restore", "One", "-tl:on").Succeeded();

        CollectionAssert.AreEqual(new[] { StandIns }, result.Said.ToArray());
    }
}
