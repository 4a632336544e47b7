namespace MlNetNtd.Tests;

/// <summary>A model file of any content is loaded or refused, with little memory.</summary>
[TestClass]
public sealed class DamagedModelTests
{
    // Offsets in the transform's own bytes: five references to strings, six integers, the initial embedding.
    private const int CombinedAt = 0;
    private const int MaskAt = 4;
    private const int TokenCountAt = 8;
    private const int PreviousAt = 12;
    private const int CurrentAt = 16;
    private const int MaxTokensAt = 20;
    private const int MaskKindAt = 24;
    private const int PadAt = 28;
    private const int EngineAt = 32;
    private const int BatchSizeAt = 36;
    private const int DimensionAt = 40;
    private const int EmbeddingAt = 44;
    private const int TruncateAt = EmbeddingAt + 2 * sizeof(float);
    private const int CandidatesAt = TruncateAt + sizeof(int);

    // More than loading takes and far less than the sizes that damaged files claim.
    private const long FewBytes = 4 << 20;

    private static readonly byte[] Zip = Save();

    [TestMethod]
    public void Field_offsets_of_these_tests_are_correct()
    {
        var key = SavedModels.ReadKey(Zip);

        Assert.AreEqual("NTDSTAGE", key.ModelSignature);
        Assert.AreEqual("NextTokenDiscriminator", key.LoaderSignature);
        Assert.AreEqual("Both", key.Strings[key.GetInt32(CombinedAt)]);
        Assert.AreEqual("May", key.Strings[key.GetInt32(MaskAt)]);
        Assert.AreEqual("Count", key.Strings[key.GetInt32(TokenCountAt)]);
        Assert.AreEqual("PreviousEmbeddings", key.Strings[key.GetInt32(PreviousAt)]);
        Assert.AreEqual("CurrentEmbeddings", key.Strings[key.GetInt32(CurrentAt)]);
        Assert.AreEqual(5, key.GetInt32(MaxTokensAt));
        Assert.AreEqual((int)MaskKind.Additive, key.GetInt32(MaskKindAt));
        Assert.AreEqual(1, key.GetInt32(PadAt));
        Assert.AreEqual((int)EngineKind.Managed, key.GetInt32(EngineAt));
        Assert.AreEqual(7, key.GetInt32(BatchSizeAt));
        Assert.AreEqual(2, key.GetInt32(DimensionAt));
        Assert.AreEqual(1, key.GetInt32(CandidatesAt));
        Assert.AreEqual(CandidatesAt + sizeof(int), key.Block.Length);
    }

    [TestMethod]
    public void Reassembled_file_loads() =>
        Assert.IsNotNull(SavedModels.Load(SavedModels.WithKey(Zip, SavedModels.ReadKey(Zip).ToBytes())));

    [TestMethod]
    [DataRow(MaxTokensAt, 0, "MaxTokens: expected 1 to 23170 tokens, found 0")]
    [DataRow(MaxTokensAt, -1, "MaxTokens: expected 1 to 23170 tokens, found -1")]
    [DataRow(MaxTokensAt, 23171, "MaxTokens: expected 1 to 23170 tokens, found 23171")]
    [DataRow(MaxTokensAt, int.MaxValue, "MaxTokens: expected 1 to 23170 tokens, found 2147483647")]
    [DataRow(MaxTokensAt, int.MinValue, "MaxTokens: expected 1 to 23170 tokens, found -2147483648")]
    [DataRow(MaskKindAt, 99, "MaskKind: expected one of Blocked, Allowed, Additive, found 99")]
    [DataRow(MaskKindAt, -1, "MaskKind: expected one of Blocked, Allowed, Additive, found -1")]
    [DataRow(PadAt, 7, "PadToMaxTokens: expected 0 or 1, found 7")]
    [DataRow(PadAt, -1, "PadToMaxTokens: expected 0 or 1, found -1")]
    [DataRow(TruncateAt, 2, "TruncateToMaxTokens: expected 0 or 1, found 2")]
    [DataRow(CandidatesAt, 0, "CandidatesPerToken: expected 1 to 1024 candidates, found 0")]
    [DataRow(CandidatesAt, int.MaxValue, "CandidatesPerToken: expected 1 to 1024 candidates, found 2147483647")]
    [DataRow(EngineAt, 3, "Engine: expected one of Auto, Managed, Torch, found 3")]
    [DataRow(EngineAt, int.MinValue, "Engine: expected one of Auto, Managed, Torch, found -2147483648")]
    [DataRow(BatchSizeAt, -1, "BatchSize: expected 1 to 1048576 rows, or 0 (by the row's size), found -1")]
    [DataRow(BatchSizeAt, 1048577, "BatchSize: expected 1 to 1048576 rows, or 0 (by the row's size), found 1048577")]
    [DataRow(BatchSizeAt, int.MaxValue, "BatchSize: expected 1 to 1048576 rows, or 0 (by the row's size), found 2147483647")]
    [DataRow(DimensionAt, 0, "EmbeddingDimension: expected 1 to 16777216 dimensions, found 0")]
    [DataRow(DimensionAt, -2, "EmbeddingDimension: expected 1 to 16777216 dimensions, found -2")]
    [DataRow(DimensionAt, 16777217, "EmbeddingDimension: expected 1 to 16777216 dimensions, found 16777217")]
    [DataRow(DimensionAt, int.MaxValue, "EmbeddingDimension: expected 1 to 16777216 dimensions, found 2147483647")]
    [DataRow(DimensionAt, int.MinValue, "EmbeddingDimension: expected 1 to 16777216 dimensions, found -2147483648")]
    public void Number_out_of_its_range_is_refused(int offset, int value, string problem) =>
        IsRefused($"Damaged NextTokenDiscriminator model: {problem}.", key => key.SetInt32(offset, value));

    [TestMethod]
    public void Initial_embedding_that_is_not_finite_is_refused() => IsRefused(
        "Damaged NextTokenDiscriminator model: InitialEmbedding: every value must be finite, found NaN at position 1.",
        key => key.SetInt32(EmbeddingAt + sizeof(float), BitConverter.SingleToInt32Bits(float.NaN)));

    [TestMethod]
    [DataRow(16777216)]
    [DataRow(1000000)]
    [DataRow(null, DisplayName = "One more than there are bytes for")]
    public void More_dimensions_than_the_file_holds_are_refused(int? dimension)
    {
        var key = SavedModels.ReadKey(Zip);
        // The rest is counted to the end of the file: the transform does not know where its own bytes end.
        var left = key.ToBytes().Length - 256 - EmbeddingAt;
        var announced = dimension ?? left / sizeof(float) + 1;
        key.SetInt32(DimensionAt, announced);

        IsRefused(
            $"Damaged NextTokenDiscriminator model: InitialEmbedding: {announced} values are announced, {left} bytes are left.",
            SavedModels.WithKey(Zip, key.ToBytes()));
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    public void Dimension_that_does_not_fit_the_embedding_is_refused(int dimension) =>
        IsRefused(message: null, key => key.SetInt32(DimensionAt, dimension));

    [TestMethod]
    [DataRow(CombinedAt)]
    [DataRow(PreviousAt)]
    [DataRow(CurrentAt)]
    public void Missing_required_name_is_refused(int offset)
    {
        var problem = $"Damaged NextTokenDiscriminator model: {Option(offset)}: a column name is needed, found none.";
        IsRefused(problem, key => key.SetInt32(offset, -1));
        IsRefused(problem, key => key.Strings[key.GetInt32(offset)] = "");
        IsRefused(problem, key => key.Strings[key.GetInt32(offset)] = " ");
    }

    [TestMethod]
    [DataRow(CombinedAt)]
    [DataRow(MaskAt)]
    [DataRow(TokenCountAt)]
    [DataRow(PreviousAt)]
    [DataRow(CurrentAt)]
    public void Name_that_is_not_in_the_table_is_refused(int offset)
    {
        var problem = $"Damaged NextTokenDiscriminator model: {Option(offset)}: it refers to a name that is not in the file.";
        IsRefused(problem, key => key.SetInt32(offset, key.Strings.Count));
        IsRefused(problem, key => key.SetInt32(offset, int.MaxValue));
        IsRefused(problem, key => key.SetInt32(offset, -2));
        IsRefused(problem, key => key.SetInt32(offset, int.MinValue));
    }

    [TestMethod]
    public void Names_that_contradict_each_other_are_refused()
    {
        IsRefused(
            "Damaged NextTokenDiscriminator model: MaskColumnName: the output columns need different names, found 'Both' twice.",
            key => key.SetInt32(MaskAt, key.GetInt32(CombinedAt)));
        IsRefused(
            "Damaged NextTokenDiscriminator model: TokenCountColumnName: a column name, or an empty one (no such column), is needed, found a "
            + "blank name.",
            key => key.Strings[key.GetInt32(TokenCountAt)] = "");
    }

    [TestMethod]
    public void Model_of_another_kind_is_refused() => IsRefused(message: null, key => key.ModelSignature = "NTDOTHER");

    [TestMethod]
    public void Model_of_a_newer_version_is_refused() => IsRefused(message: null, key => key.VersionWritten = key.VersionReadable = 0x00010003);

    [TestMethod]
    public void Model_of_an_older_version_is_refused() =>
        IsRefused(message: null, key => key.VersionWritten = key.VersionReadable = 0x00010001);

    [TestMethod]
    public void Model_of_a_newer_version_that_this_one_can_read_loads()
    {
        var key = SavedModels.ReadKey(Zip);
        key.VersionWritten = 0x00010003;

        Assert.IsNotNull(SavedModels.Load(SavedModels.WithKey(Zip, key.ToBytes())));
    }

    [TestMethod]
    public void Truncated_transform_bytes_are_refused()
    {
        var whole = SavedModels.ReadKey(Zip).Block.Length;
        for (var length = 0; length < whole; length++)
            IsRefused(message: null, key => key.Block = key.Block[..length]);
    }

    [TestMethod]
    public void Transform_bytes_truncated_at_the_end_of_the_file_are_refused()
    {
        // Without strings behind them, reading on does not go unnoticed until the end of the file does.
        var whole = SavedModels.ReadKey(Zip).Block.Length;
        for (var length = 0; length < whole; length++)
        {
            IsRefused(message: null, key =>
            {
                key.Block = key.Block[..length];
                key.Strings.Clear();
            });
        }
    }

    [TestMethod]
    public void Excess_bytes_are_refused() => IsRefused(message: null, key => key.Block = [.. key.Block, 0, 0, 0, 0]);

    [TestMethod]
    public void Changed_byte_gives_a_model_or_a_format_error()
    {
        var file = SavedModels.ReadKey(Zip).ToBytes();
        // Behind the strings stands the name of the assembly, which is for the runtime to find or not.
        var end = 256 + SavedModels.ReadKey(Zip).Block.Length;
        for (var i = 256; i < end; i++)
        {
            foreach (var bit in new byte[] { 1, 0x80 })
            {
                var changed = (byte[])file.Clone();
                changed[i] ^= bit;
                try
                {
                    SavedModels.Load(SavedModels.WithKey(Zip, changed));
                }
                catch (Exception e)
                {
                    FormatError(e);
                }
            }
        }
    }

    private static string Option(int offset) => offset switch
    {
        CombinedAt => "OutputColumnName",
        MaskAt => "MaskColumnName",
        TokenCountAt => "TokenCountColumnName",
        PreviousAt => "PreviousColumnName",
        _ => "CurrentColumnName",
    };

    private static byte[] Save()
    {
        var view = Views.Known(Sequences.Pairs(1, 3, 2), 3, 2);
        return SavedModels.Save(Transformers.Fit(view, DefaultsTests.EveryOption), view.Schema);
    }

    private static void IsRefused(string? message, Action<ModelKey> damage)
    {
        var key = SavedModels.ReadKey(Zip);
        damage(key);
        IsRefused(message, SavedModels.WithKey(Zip, key.ToBytes()));
    }

    // Where no message is given, ML.NET finds the damage and chooses the words.
    private static void IsRefused(string? message, byte[] zip)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = FormatError(Assert.Throws<Exception>(() => SavedModels.Load(zip)));
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        if (message is not null)
            Assert.AreEqual(message, error.Message);
        Assert.IsLessThan(FewBytes, allocated, "Bytes allocated to find that out.");
    }

    // ML.NET wraps every error of a transformer that is being loaded into its own.
    private static FormatException FormatError(Exception thrown)
    {
        thrown.IsMarked();
        while (thrown is InvalidOperationException { Message: "Error during class instantiation", InnerException.InnerException: { } cause })
            thrown = cause;
        var error = Assert.IsInstanceOfType<FormatException>(thrown);
        return error.IsMarked();
    }
}
