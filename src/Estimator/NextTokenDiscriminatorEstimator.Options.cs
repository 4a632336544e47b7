namespace MlNetNtd;

public sealed partial class NextTokenDiscriminatorEstimator
{
    /// <summary>Everything that can be said about the stage.</summary>
    /// <remarks>
    /// Made to be written down: every "none" is a value (an empty name, 0, no values), so that JSON without nulls gives the
    /// same stage back. Null may be set for it, too.
    /// </remarks>
    public sealed class Options
    {
        private string? _maskColumnName = Defaults.MaskColumnName;

        /// <summary>
        /// The combined column to write, Vector&lt;Single, 2T, C&gt;. Default: <c>Combined</c>.
        /// </summary>
        public string OutputColumnName { get; set; } = Defaults.OutputColumnName;

        /// <summary>
        /// The mask column to write, (2T, 2T); empty or null: none, the mask is left to the annotation of the combined
        /// column (<see cref="AttentionMaskAnnotation"/>), which costs a row nothing. Null is kept as an empty name.
        /// Default: <c>Mask</c>.
        /// </summary>
        public string? MaskColumnName
        {
            get => _maskColumnName;
            set => _maskColumnName = value ?? "";
        }

        /// <summary>
        /// A column to write each row's number of real tokens to, T, Int32; empty or null: none. Default: null.
        /// </summary>
        public string? TokenCountColumnName { get; set; }

        /// <summary>
        /// True embeddings to read, a Vector&lt;Single&gt; of T * C values, row-major, unshifted: token i at position i, as in the
        /// current embeddings, whose true candidates are then equal to it. The transform shifts: it puts token i - 1 at position i
        /// of the context. Default: <c>PreviousEmbeddings</c>.
        /// </summary>
        public string PreviousColumnName { get; set; } = Defaults.PreviousColumnName;

        /// <summary>
        /// Predicted embeddings to read, a Vector&lt;Single&gt; of T * C values, row-major: the candidates for the same T tokens.
        /// Default: <c>CurrentEmbeddings</c>.
        /// </summary>
        public string CurrentColumnName { get; set; } = Defaults.CurrentColumnName;

        /// <summary>
        /// C, the dimension of one embedding. Default: null, or 0: taken from <see cref="InitialEmbedding"/> or from the
        /// type of an input column where that says (T, C).
        /// </summary>
        public int? EmbeddingDimension { get; set; }

        /// <summary>
        /// The longest sequence accepted, in tokens. Default: null, or 0: taken from the size of the input columns; where
        /// that is unknown, <see cref="Defaults.MaxTokens"/>.
        /// </summary>
        public int? MaxTokens { get; set; }

        /// <summary>
        /// The embedding at position 0 of every combined sequence, C finite values. Default: null, or no values:
        /// zeros.
        /// </summary>
        public float[]? InitialEmbedding { get; set; }

        /// <summary>How the mask is written. Default: <see cref="MaskKind.Blocked"/>.</summary>
        public MaskKind MaskKind { get; set; } = MaskKind.Blocked;

        /// <summary>
        /// Whether to pad both halves with zeros to <see cref="MaxTokens"/>, which must then be set, so that the outputs
        /// have a known size whatever the rows' lengths. The mask keeps padded positions away from all others.
        /// Default: false.
        /// </summary>
        public bool PadToMaxTokens { get; set; }

        /// <summary>
        /// Whether a row of more than <see cref="MaxTokens"/> tokens, which must then be set, is cut to its first ones in both columns
        /// instead of being an error. Labels per token are not cut: they are then more than there are tokens. Default: false.
        /// </summary>
        public bool TruncateToMaxTokens { get; set; }

        /// <summary>What computes the combined sequences. Default: <see cref="EngineKind.Auto"/>.</summary>
        public EngineKind Engine { get; set; } = EngineKind.Auto;

        /// <summary>
        /// Rows per block of the Torch engine; the managed engine has no blocks. Default: null, or 0: as many as make
        /// 128 KiB per column on a CPU and 2 MiB on a GPU, at most 1,024.
        /// </summary>
        public int? BatchSize { get; set; }

        /// <summary>A copy in which null alone says "none".</summary>
        internal Options Copy()
        {
            var copy = (Options)MemberwiseClone();
            copy._maskColumnName = UnsetValue.ToNull(MaskColumnName);
            copy.TokenCountColumnName = UnsetValue.ToNull(TokenCountColumnName);
            copy.EmbeddingDimension = UnsetValue.ToNull(EmbeddingDimension);
            copy.MaxTokens = UnsetValue.ToNull(MaxTokens);
            copy.InitialEmbedding = UnsetValue.ToNull(InitialEmbedding);
            copy.BatchSize = UnsetValue.ToNull(BatchSize);
            return copy;
        }
    }

    /// <summary>The values of options that are not given.</summary>
    public static class Defaults
    {
        /// <summary>The combined column.</summary>
        public const string OutputColumnName = "Combined";

        /// <summary>The mask column.</summary>
        public const string MaskColumnName = "Mask";

        /// <summary>The column of true embeddings.</summary>
        public const string PreviousColumnName = "PreviousEmbeddings";

        /// <summary>The column of predicted embeddings.</summary>
        public const string CurrentColumnName = "CurrentEmbeddings";

        /// <summary>The longest sequence accepted where neither an option nor a column's type says.</summary>
        public const int MaxTokens = 512;
    }
}
