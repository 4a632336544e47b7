using System.Text.Json.Serialization;

namespace MlNetNtd;

public sealed partial class NextTokenDiscriminatorTrainer
{
    /// <summary>The options of the trainer.</summary>
    /// <remarks>
    /// Options hold settings only and can be serialized: every "none" has a value (an empty name, 0), so that JSON without nulls restores
    /// the same training. Null has the same meaning. Callbacks and cancellation are arguments of the trainer.
    /// </remarks>
    public sealed class Options
    {
        private string? _maskColumnName = Defaults.MaskColumnName;
        private double? _maxGradientNorm = 1;
        private int? _patience = 10;

        /// <summary>
        /// The label: Boolean, one per row, or Vector&lt;Boolean&gt;, one per token; <c>true</c> means real. Default: <c>Label</c>.
        /// </summary>
        public string LabelColumnName { get; set; } = Defaults.LabelColumnName;

        /// <summary>The combined sequences, Vector&lt;Single, 2T, C&gt;, as the transform writes them. Default: <c>Combined</c>.</summary>
        public string FeatureColumnName { get; set; } = Defaults.FeatureColumnName;

        /// <summary>
        /// The masks, (2T)² values a row: Boolean, or Single, added to the attention scores. Masks of the transform carry an
        /// annotation that says they follow the next-token rule, and are not read; other masks are read row by row. Empty: the
        /// feature column's annotation <c>AttentionMask</c>, or the next-token rule if it has none. Null is kept as an empty name.
        /// Default: <c>Mask</c>.
        /// </summary>
        public string? MaskColumnName
        {
            get => _maskColumnName;
            set => _maskColumnName = value ?? "";
        }

        /// <summary>
        /// The column with each row's number of tokens, Int32. With the transform's own count, padded rows need no mask. Default:
        /// null or empty: tokens are counted in the mask, where a padded candidate attends only itself.
        /// </summary>
        public string? TokenCountColumnName { get; set; }

        /// <summary>
        /// The column with each row's weight in loss and metrics, Single; a row of weight 0 is not read. Default: null or empty: every
        /// row has weight 1.
        /// </summary>
        public string? ExampleWeightColumnName { get; set; }

        /// <summary>
        /// The meaning of <c>true</c> in a Boolean mask whose column has no annotation for it: <see cref="MaskKind.Blocked"/> or
        /// <see cref="MaskKind.Allowed"/>. Such a mask must let every query attend itself, so that one kind cannot pass for the
        /// other. <see cref="MaskKind.Additive"/> requires a mask of Single. Default: <see cref="MaskKind.Blocked"/>.
        /// </summary>
        public MaskKind MaskKind { get; set; } = MaskKind.Blocked;

        /// <summary>
        /// The scores that the loss compares with the label: <see cref="MlNetNtd.LossKind.Row"/> takes the row's score and needs a
        /// label per row; <see cref="MlNetNtd.LossKind.Token"/> takes each token's score, and a label per row too;
        /// <see cref="MlNetNtd.LossKind.RankingNce"/> ranks the candidates of each token and needs a label per candidate. Accuracy and AUC
        /// follow the label. Default: <see cref="MlNetNtd.LossKind.Auto"/>: rows for a label per row, tokens for labels per token.
        /// </summary>
        public LossKind LossKind { get; set; }

        /// <summary>C, the dimension of an embedding. Default: null or 0: taken from the feature column's type.</summary>
        public int? EmbeddingDimension { get; set; }

        /// <summary>
        /// K, the number of candidates of each token, 1 to 1,024: the feature column is then (T + T * K, C), its mask (T + T * K)², and labels
        /// per token are T * K. The network's weights do not depend on it. Default: null or 0: taken from the annotation that the transform
        /// writes, else 1.
        /// </summary>
        public int? CandidatesPerToken { get; set; }

        /// <summary>
        /// The longest row that can be scored, in tokens; each position has a learned embedding. Default: null or 0: the size of the
        /// feature column, else the transform's <c>MaxTokens</c>, else the longest training row.
        /// </summary>
        public int? MaxTokens { get; set; }

        /// <summary>
        /// D, the width of the network, 1 to 1,048,576; rounded up to a multiple of <see cref="Heads"/>. Default: null or 0: C, but
        /// at least 64.
        /// </summary>
        public int? ModelDimension { get; set; }

        /// <summary>Attention heads, 1 to 1,048,576. Default: null or 0: the largest number up to 4 that divides D.</summary>
        public int? Heads { get; set; }

        /// <summary>Encoder layers. Default: 2.</summary>
        public int Layers { get; set; } = 2;

        /// <summary>The width of each layer's feed-forward part. Default: null or 0: 4 * D.</summary>
        public int? FeedForwardDimension { get; set; }

        /// <summary>
        /// The fraction of values dropped while training: in the outputs of attention and of the feed-forward part, and inside the
        /// feed-forward part. Default: 0.1.
        /// </summary>
        public double Dropout { get; set; } = 0.1;

        /// <summary>
        /// The fraction of attention probabilities dropped while training. Above 0, attention computes all (2T, 2T) scores and keeps
        /// them for the backward pass, which takes more time and memory. Default: 0.
        /// </summary>
        public double AttentionDropout { get; set; }

        /// <summary>
        /// The number type that the network computes with, in training and scoring: <see cref="ComputePrecision.Single"/>, or
        /// <see cref="ComputePrecision.BFloat16"/> with weights and optimizer in Single. Default:
        /// <see cref="ComputePrecision.Single"/>.
        /// </summary>
        public ComputePrecision Precision { get; set; }

        /// <summary>
        /// What computes the training, and the scores afterwards. <see cref="EngineKind.Managed"/>: managed code on the CPU, without native
        /// libtorch, for Single, without attention dropout, under the next-token rule; its result is the same on any number of threads.
        /// <see cref="EngineKind.Torch"/>: TorchSharp. The two differ by rounding. Default: <see cref="EngineKind.Auto"/>: the Torch engine
        /// on CUDA if <c>MLContext.GpuDeviceId</c> is set, and for what the managed one does not compute; otherwise the managed engine.
        /// </summary>
        public EngineKind Engine { get; set; }

        /// <summary>
        /// Whether training standardizes inputs by the mean and spread of each dimension over the training rows, so that the scale of
        /// embeddings does not matter. The scorer's weights contain the standardization, so the scorer takes embeddings as they are. If true,
        /// position embeddings begin as sinusoids, else as small random values; they are learned in either case. Default: true.
        /// </summary>
        public bool StandardizeInputs { get; set; } = true;

        /// <summary>
        /// Whether the embedding of position 0 is learned with the network and replaces the one in the data. Default: false.
        /// </summary>
        public bool LearnInitialEmbedding { get; set; }

        /// <summary>
        /// The maximum number of passes over the training rows. Default: null or 0: 20, or up to 40 where rows are few, so that training takes 4,500
        /// steps if it can.
        /// </summary>
        public int? Epochs { get; set; }

        /// <summary>Rows in a micro-batch, and in a forward pass of the scorer. Default: 32.</summary>
        public int BatchSize { get; set; } = 32;

        /// <summary>
        /// Micro-batches of <see cref="BatchSize"/> rows in a step, one after another: a large batch in the memory of a small one.
        /// Default: 1.
        /// </summary>
        public int GradientAccumulationSteps { get; set; } = 1;

        /// <summary>
        /// Whether rows of similar length share a batch, so that less of it is padding. It has no effect on rows of one length.
        /// Default: false.
        /// </summary>
        public bool BucketByLength { get; set; }

        /// <summary>
        /// The maximum memory for cached rows, in bytes. Rows that do not fit are read again in each epoch; the result is the same.
        /// Default: null or 0: a quarter of the memory that the process may use.
        /// </summary>
        public long? MaxCacheBytes { get; set; }

        /// <summary>
        /// The bytes of rows in the shuffle buffer, at least 1; smaller data is shuffled whole. It counts for cached rows too, so
        /// that the order is the same whether rows are cached or not. Default: 268,435,456 (256 MiB).
        /// </summary>
        public long ShuffleBufferBytes { get; set; } = 256L << 20;

        /// <summary>
        /// The highest learning rate, at most 1e30. The rate reaches it after the warm-up, then falls to 0 along half a cosine. Default:
        /// 0.002.
        /// </summary>
        public double LearningRate { get; set; } = 2e-3;

        /// <summary>The weight decay of AdamW. Its product with the learning rate is at most 1e38. Default: 0.01.</summary>
        public double WeightDecay { get; set; } = 0.01;

        /// <summary>The fraction of all steps in which the learning rate rises, 0 to 1. Default: 0.1.</summary>
        public double WarmupFraction { get; set; } = 0.1;

        /// <summary>The norm to which all gradients together are clipped; 0: no clipping. Null is kept as 0. Default: 1.</summary>
        public double? MaxGradientNorm
        {
            get => _maxGradientNorm;
            set => _maxGradientNorm = value ?? 0;
        }

        /// <summary>
        /// The fraction of rows split off to find the best epoch, drawn row by row, or by <see cref="SamplingKeyColumnName"/>; 0:
        /// none. At least one row validates and at least one trains. It has no effect if you pass validation rows to <c>Fit</c>.
        /// Default: 0.1.
        /// </summary>
        public double ValidationFraction { get; set; } = 0.1;

        /// <summary>
        /// The column whose equal values keep rows together when validation rows are split off: windows of one text, a real row and
        /// its generated twin. Text, a key, a number, Boolean, a date or a time; each row needs a value, and
        /// <see cref="ValidationFraction"/> is then a fraction of values. ML.NET's splits do not pass their
        /// <c>samplingKeyColumnName</c> to a trainer, so set both. Default: null or empty: rows are drawn one by one.
        /// </summary>
        public string? SamplingKeyColumnName { get; set; }

        /// <summary>
        /// The metric of the validation rows (else of the training rows) by which epochs are compared; the best epoch's weights are
        /// kept. Default: <see cref="MonitorMetric.CalibratedLoss"/>.
        /// </summary>
        public MonitorMetric MonitorMetric { get; set; } = MonitorMetric.CalibratedLoss;

        /// <summary>
        /// Epochs without a better <see cref="MonitorMetric"/> after which training stops; 0: training runs to the end. It has no effect
        /// without validation rows. Null is kept as 0. Default: 10.
        /// </summary>
        public int? Patience
        {
            get => _patience;
            set => _patience = value ?? 0;
        }

        /// <summary>
        /// The seed of the first weights, the order of rows, the validation rows and dropout: one seed and one machine give one result on
        /// a CPU; the Torch engine also needs one number of threads. Default: null: drawn from the context's generator when the trainer is created.
        /// </summary>
        public int? Seed { get; set; }

        /// <summary>A .safetensors file with the weights to begin with. Default: null or empty: random weights.</summary>
        public string? InitialWeightsPath { get; set; }

        /// <summary>
        /// The checkpoint file. It is written at each epoch's end, when training is canceled, and as often as
        /// <see cref="CheckpointSteps"/> and <see cref="CheckpointSeconds"/> say; if it exists, <c>Fit</c> continues from it. It
        /// is kept when training ends. Default: null or empty: no checkpoints.
        /// </summary>
        public string? CheckpointPath { get; set; }

        /// <summary>Steps between checkpoints within an epoch; 0: none. Default: 0.</summary>
        public int CheckpointSteps { get; set; }

        /// <summary>Seconds between checkpoints within an epoch; 0: none. Default: 0.</summary>
        public double CheckpointSeconds { get; set; }

        /// <summary>
        /// Seconds between progress reports within an epoch, on the log and to the <c>progress</c> that you pass; 0: none. Default:
        /// 5.
        /// </summary>
        public double ProgressSeconds { get; set; } = 5;

        /// <summary>
        /// Steps that may be skipped, each with a warning, because their loss or a gradient is not finite; the next one ends
        /// training. Default: 0.
        /// </summary>
        public int MaxNonFiniteSteps { get; set; }

        /// <summary>
        /// The scorer's treatment of a row that it cannot score. Training stops at such a row under any policy. Saved with the scorer.
        /// Default: <see cref="BadRowPolicy.Error"/>.
        /// </summary>
        public BadRowPolicy BadRowPolicy { get; set; } = BadRowPolicy.Error;

        /// <summary>
        /// Whether the scorer's TokenScores have the size of the feature column's halves, if that is known, with NaN behind a row's
        /// tokens. False: one value per token in a vector of unknown size, for JSON, which has no NaN. Saved with the scorer.
        /// Default: true.
        /// </summary>
        public bool PadTokenScores { get; set; } = true;

        /// <summary>
        /// Whether the scorer writes the column TokenProbabilities, the logistic function of each token's score. Saved with the
        /// scorer. Default: false.
        /// </summary>
        public bool TokenProbabilities { get; set; }

        /// <summary>
        /// The processes that train together, for example the MpiProcessGroup of MlNetNtd.Mpi. Each calls <c>Fit</c> with the same
        /// options, the rows of each step are divided among them, and each gets the same scorer. Only the main process logs, invokes
        /// callbacks and writes checkpoints. Not written to JSON. Default: null: this process alone.
        /// </summary>
        [JsonIgnore]
        public IProcessGroup? ProcessGroup { get; set; }

        /// <summary>
        /// Whether each process of the <see cref="ProcessGroup"/> calls <c>Fit</c> on its own part of the rows, such as its own files.
        /// Each step then takes the same number of rows from each process; a process that runs out has no rows in an epoch's last
        /// steps. It has no effect on a single process. Default: false.
        /// </summary>
        public bool InputIsSharded { get; set; }

        /// <summary>The rows of a step in all processes together.</summary>
        internal long RowsPerStep => (long)BatchSize * GradientAccumulationSteps;

        /// <summary>Whether a training whose validation rows show nothing learned warns of it. A test that may find no difference does not.</summary>
        internal bool WarnsOfChance { get; set; } = true;

        /// <summary>Returns <see cref="Epochs"/>, or their default for a number of steps per epoch.</summary>
        internal int GetEpochs(long stepsPerEpoch) => Epochs ?? DefaultEpochs.Choose(stepsPerEpoch);

        /// <summary>Copies the options, and converts every "none" value to null, which has the same meaning.</summary>
        public Options Copy()
        {
            var copy = (Options)MemberwiseClone();
            copy._maskColumnName = UnsetValue.ToNull(MaskColumnName);
            copy.TokenCountColumnName = UnsetValue.ToNull(TokenCountColumnName);
            copy.ExampleWeightColumnName = UnsetValue.ToNull(ExampleWeightColumnName);
            copy.SamplingKeyColumnName = UnsetValue.ToNull(SamplingKeyColumnName);
            copy.EmbeddingDimension = UnsetValue.ToNull(EmbeddingDimension);
            copy.CandidatesPerToken = UnsetValue.ToNull(CandidatesPerToken);
            copy.Epochs = UnsetValue.ToNull(Epochs);
            copy.MaxTokens = UnsetValue.ToNull(MaxTokens);
            copy.ModelDimension = UnsetValue.ToNull(ModelDimension);
            copy.Heads = UnsetValue.ToNull(Heads);
            copy.FeedForwardDimension = UnsetValue.ToNull(FeedForwardDimension);
            copy._maxGradientNorm = UnsetValue.ToNull(MaxGradientNorm);
            copy._patience = UnsetValue.ToNull(Patience);
            copy.MaxCacheBytes = UnsetValue.ToNull(MaxCacheBytes);
            copy.InitialWeightsPath = UnsetValue.ToNull(InitialWeightsPath);
            copy.CheckpointPath = UnsetValue.ToNull(CheckpointPath);
            return copy;
        }
    }
}
