namespace MlNetNtd;

public sealed partial class NextTokenDiscriminatorEstimator
{
    /// <summary>The options of the transform.</summary>
    /// <remarks>
    /// The options can be serialized: every "none" has a value (an empty name, 0, no values), so that JSON without nulls restores the
    /// same transform. Null has the same meaning.
    /// </remarks>
    public sealed class Options
    {
        private string? _maskColumnName = Defaults.MaskColumnName;

        /// <summary>The combined column to write, Vector&lt;Single, 2T, C&gt;. Default: <c>Combined</c>.</summary>
        public string OutputColumnName { get; set; } = Defaults.OutputColumnName;

        /// <summary>
        /// The mask column to write, (2T, 2T). Empty: no column; the mask is then only the annotation of the combined column
        /// (<see cref="AttentionMaskAnnotation"/>), which adds no work per row. Null is kept as an empty name. Default: <c>Mask</c>.
        /// </summary>
        public string? MaskColumnName
        {
            get => _maskColumnName;
            set => _maskColumnName = value ?? "";
        }

        /// <summary>The column to write each row's number of tokens to, T, Int32. Default: null or empty: no column.</summary>
        public string? TokenCountColumnName { get; set; }

        /// <summary>
        /// The real embeddings to read, Vector&lt;Single&gt; of T * C values, row-major and unshifted: token i stands at position i
        /// of both input columns, and the transform shifts. Default: <c>PreviousEmbeddings</c>.
        /// </summary>
        public string PreviousColumnName { get; set; } = Defaults.PreviousColumnName;

        /// <summary>
        /// The candidates' embeddings to read, Vector&lt;Single&gt; of T * C values, row-major: a generator's predictions of the same
        /// T tokens; T * K * C values, (T, K, C), with K <see cref="CandidatesPerToken"/>. Default: <c>CurrentEmbeddings</c>.
        /// </summary>
        public string CurrentColumnName { get; set; } = Defaults.CurrentColumnName;

        /// <summary>
        /// C, the dimension of an embedding. Default: null or 0: taken from <see cref="InitialEmbedding"/>, or from the type of an
        /// input column if that says (T, C).
        /// </summary>
        public int? EmbeddingDimension { get; set; }

        /// <summary>
        /// K, the number of candidates of each token, 1 to 1,024. Each sees the context before its token and itself, so a row shares the
        /// context's work among K candidates. Default: null or 0: taken from the type of <see cref="CurrentColumnName"/> if that says
        /// (T, K, C), else 1.
        /// </summary>
        public int? CandidatesPerToken { get; set; }

        /// <summary>
        /// The length of the longest accepted sequence, in tokens. Default: null or 0: the size of the input columns, or 512 if that is
        /// unknown.
        /// </summary>
        public int? MaxTokens { get; set; }

        /// <summary>The embedding at position 0 of every combined sequence, C finite values. Default: null or no values: zeros.</summary>
        public float[]? InitialEmbedding { get; set; }

        /// <summary>The kind of mask to write. Default: <see cref="MaskKind.Blocked"/>: a Boolean mask whose <c>true</c> blocks.</summary>
        public MaskKind MaskKind { get; set; } = MaskKind.Blocked;

        /// <summary>
        /// Whether to pad both halves with zeros to <see cref="MaxTokens"/>, which must be set, so that the outputs have a known
        /// size. The mask blocks padding for all tokens. Default: false.
        /// </summary>
        public bool PadToMaxTokens { get; set; }

        /// <summary>
        /// Whether to cut a row of more than <see cref="MaxTokens"/> tokens to its first <see cref="MaxTokens"/> tokens in both columns,
        /// instead of throwing. <see cref="MaxTokens"/> must be set. Labels per token are not cut. Default: false.
        /// </summary>
        public bool TruncateToMaxTokens { get; set; }

        /// <summary>
        /// The engine that computes the combined sequences. Default: <see cref="EngineKind.Auto"/>: Torch on CUDA if
        /// <c>MLContext.GpuDeviceId</c> is set and the device is there, else managed.
        /// </summary>
        public EngineKind Engine { get; set; } = EngineKind.Auto;

        /// <summary>
        /// Rows in a block of the Torch engine; the managed engine has no blocks. Default: null or 0: the number of rows that fill 128 KiB
        /// of a column on a CPU, or 2 MiB on a GPU, at most 1,024.
        /// </summary>
        public int? BatchSize { get; set; }

        /// <summary>Copies the options, and converts every "none" value to null.</summary>
        internal Options Copy()
        {
            var copy = (Options)MemberwiseClone();
            copy._maskColumnName = UnsetValue.ToNull(MaskColumnName);
            copy.TokenCountColumnName = UnsetValue.ToNull(TokenCountColumnName);
            copy.EmbeddingDimension = UnsetValue.ToNull(EmbeddingDimension);
            copy.CandidatesPerToken = UnsetValue.ToNull(CandidatesPerToken);
            copy.MaxTokens = UnsetValue.ToNull(MaxTokens);
            copy.InitialEmbedding = UnsetValue.ToNull(InitialEmbedding);
            copy.BatchSize = UnsetValue.ToNull(BatchSize);
            return copy;
        }
    }

    /// <summary>The default values of the options.</summary>
    public static class Defaults
    {
        /// <summary>The name of the combined column.</summary>
        public const string OutputColumnName = "Combined";

        /// <summary>The name of the mask column.</summary>
        public const string MaskColumnName = "Mask";

        /// <summary>The name of the column of real embeddings.</summary>
        public const string PreviousColumnName = "PreviousEmbeddings";

        /// <summary>The name of the column of candidate embeddings.</summary>
        public const string CurrentColumnName = "CurrentEmbeddings";

        /// <summary>The length of the longest accepted sequence, in tokens, if neither an option nor a column's type specifies it.</summary>
        public const int MaxTokens = 512;
    }
}
