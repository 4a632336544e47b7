using System.Text.Json.Serialization;

namespace MlNetNtd;

public sealed partial class NextTokenDiscriminatorTrainer
{
    /// <summary>Everything that can be said about training.</summary>
    /// <remarks>
    /// Made to be written down: every "none" is a value (an empty name, 0), so that JSON without nulls trains the same. Null
    /// may be set for it, too. What is done while training (to be told of epochs, to cancel) is said to the trainer.
    /// </remarks>
    public sealed class Options
    {
        private string? _maskColumnName = Defaults.MaskColumnName;
        private double? _maxGradientNorm = 1;
        private int? _patience = 5;

        /// <summary>
        /// The label: Boolean, one per row, or Vector&lt;Boolean&gt;, one per token; <c>true</c> for what is true. Default:
        /// <c>Label</c>.
        /// </summary>
        public string LabelColumnName { get; set; } = Defaults.LabelColumnName;

        /// <summary>The combined sequences, Vector&lt;Single, 2T, C&gt;, as the stage writes them. Default: <c>Combined</c>.</summary>
        public string FeatureColumnName { get; set; } = Defaults.FeatureColumnName;

        /// <summary>
        /// The masks, a vector of (2T)² values: Boolean, or Single, added to the attention scores. A column of the stage says
        /// that its masks follow the next-token rule: then they are not read at all. Else the values count, row by row. Empty or
        /// null: what the feature column says, by the annotation <c>AttentionMask</c> too; where it says nothing, the next-token
        /// rule. Default: <c>Mask</c>.
        /// </summary>
        public string? MaskColumnName
        {
            get => _maskColumnName;
            set => _maskColumnName = value ?? "";
        }

        /// <summary>
        /// A column of each row's number of real tokens, Int32; empty or null: the mask tells, a padded candidate being one that
        /// meets nobody but itself. With the stage's own count, padded rows need no mask either. Default: null.
        /// </summary>
        public string? TokenCountColumnName { get; set; }

        /// <summary>
        /// A column of how much each row counts, Single: in the loss, and in the figures of each epoch. A row of weight 0 is not
        /// read. Empty or null: all rows count the same. Default: null.
        /// </summary>
        public string? ExampleWeightColumnName { get; set; }

        /// <summary>
        /// What <c>true</c> means in a Boolean mask whose column does not say it, as the stage's does by an annotation:
        /// <see cref="MaskKind.Blocked"/> or <see cref="MaskKind.Allowed"/>. Such a mask must let every query attend itself, so
        /// that one of the other kind cannot pass for it. <see cref="MaskKind.Additive"/> insists on a mask of Single; such a
        /// mask is read as additive with any value. Default: Blocked.
        /// </summary>
        public MaskKind MaskKind { get; set; } = MaskKind.Blocked;

        /// <summary>
        /// What the loss is computed of: each row's score or each token's. <see cref="MlNetNtd.LossKind.Token"/> takes a label per row
        /// too, and compares each real token with it; <see cref="MlNetNtd.LossKind.Row"/> needs a label per row. The loss of each epoch
        /// is this one; accuracy and AUC are of rows where labels are. Default: Auto.
        /// </summary>
        public LossKind LossKind { get; set; }

        /// <summary>C; 0 or null: the type of the feature column says it, as the stage's does. Default: null.</summary>
        public int? EmbeddingDimension { get; set; }

        /// <summary>
        /// The longest half that can be scored, in tokens, as many position embeddings are learned. 0 or null: the size of the
        /// feature column; where that is unknown the stage's MaxTokens, which the column says by an annotation; where it does not,
        /// the longest row of the training data. Default: null.
        /// </summary>
        public int? MaxTokens { get; set; }

        /// <summary>
        /// D, the width inside the network, 1 to 1,048,576; rounded up to a multiple of <see cref="Heads"/> where it is none.
        /// 0 or null: C, but at least 64. Default: null.
        /// </summary>
        public int? ModelDimension { get; set; }

        /// <summary>
        /// Attention heads, 1 to 1,048,576; D is a multiple of them. 0 or null: the largest number up to 4 that divides D.
        /// Default: null.
        /// </summary>
        public int? Heads { get; set; }

        /// <summary>Encoder layers. Default: 2.</summary>
        public int Layers { get; set; } = 2;

        /// <summary>The width of each layer's feed-forward part; 0 or null: 4 * D. Default: null.</summary>
        public int? FeedForwardDimension { get; set; }

        /// <summary>
        /// The share of values left out at random while training: of what attention and the feed-forward part add, and inside
        /// the latter. Default: 0.1.
        /// </summary>
        public double Dropout { get; set; } = 0.1;

        /// <summary>
        /// The share of attention left out at random while training. Other than 0 it costs the attention that knows its mask:
        /// all (2T, 2T) scores are computed, and kept for the backward pass. Default: 0.
        /// </summary>
        public double AttentionDropout { get; set; }

        /// <summary>
        /// The numbers the network computes with, while training and in the scorer: single, or bfloat16 with weights and
        /// optimizer in single. Default: Single.
        /// </summary>
        public ComputePrecision Precision { get; set; }

        /// <summary>
        /// Whether the embedding of position 0 is learned with the network, in place of the one in the data. Default: false.
        /// </summary>
        public bool LearnInitialEmbedding { get; set; }

        /// <summary>The most passes over the training rows. Default: 20.</summary>
        public int Epochs { get; set; } = 20;

        /// <summary>Rows at once, in a step and in the scorer. Default: 32.</summary>
        public int BatchSize { get; set; } = 32;

        /// <summary>
        /// How many times <see cref="BatchSize"/> rows one step is made of, one after another: a large batch in the memory of a
        /// small one. Default: 1.
        /// </summary>
        public int GradientAccumulationSteps { get; set; } = 1;

        /// <summary>
        /// Whether rows of similar length share a batch, so that less of it is padding; which rows meet in a batch is then less a
        /// matter of chance. Without effect on rows of one length. Default: false.
        /// </summary>
        public bool BucketByLength { get; set; }

        /// <summary>
        /// The most memory that rows are kept in, in bytes. More rows than that are read again in each epoch; nothing else is
        /// another for it. 0 or null: a quarter of what the runtime may use. Default: null.
        /// </summary>
        public long? MaxCacheBytes { get; set; }

        /// <summary>
        /// About how many bytes of rows are shuffled at once, at least 1: as they are read each takes the place of one that is drawn.
        /// Less data than that is shuffled whole. It holds for rows in memory too, so that the order of rows is the same whether they
        /// are kept or not. Default: 268,435,456 (256 MiB).
        /// </summary>
        public long ShuffleBufferBytes { get; set; } = 256L << 20;

        /// <summary>The highest learning rate, at most 1e30: reached after the warm-up, then falling to 0 by half a cosine. Default: 0.001.</summary>
        public double LearningRate { get; set; } = 1e-3;

        /// <summary>AdamW's weight decay; times the learning rate at most 1e38. Default: 0.01.</summary>
        public double WeightDecay { get; set; } = 0.01;

        /// <summary>The share of all steps in which the learning rate rises, 0 to 1. Default: 0.1.</summary>
        public double WarmupFraction { get; set; } = 0.1;

        /// <summary>
        /// The norm that all gradients together are cut down to; 0 or null: none. Null is kept as 0. Default: 1.
        /// </summary>
        public double? MaxGradientNorm
        {
            get => _maxGradientNorm;
            set => _maxGradientNorm = value ?? 0;
        }

        /// <summary>
        /// The share of rows, drawn at random row by row, kept from training to find the best epoch by; 0: none. At least one row
        /// is kept, and at least one trained on. Without effect where
        /// <see cref="Fit(Microsoft.ML.IDataView, Microsoft.ML.IDataView)"/> is given such rows. Default: 0.1.
        /// </summary>
        public double ValidationFraction { get; set; } = 0.1;

        /// <summary>
        /// A column whose equal values say that rows belong together, as windows of one text do, or a true and a generated version
        /// of one: rows of one value are kept for validation together, or all trained on, and <see cref="ValidationFraction"/> is
        /// the share of the values. Text, a key, a number, Boolean, a date or a time; each row needs a value. Empty or null: each
        /// row is drawn by itself. It is what <c>samplingKeyColumnName</c> is in ML.NET's <c>CrossValidate</c>, which does not tell it
        /// to trainers: set both. Without effect where no validation rows are drawn. Default: null.
        /// </summary>
        public string? SamplingKeyColumnName { get; set; }

        /// <summary>
        /// The figure of the validation rows (without such rows, of the training rows) by which epochs are compared: the best one's weights
        /// are kept. Default: <see cref="MonitorMetric.Loss"/>.
        /// </summary>
        public MonitorMetric MonitorMetric { get; set; } = MonitorMetric.Loss;

        /// <summary>
        /// Epochs without a better <see cref="MonitorMetric"/> on the validation rows after which training stops; 0 or null: it runs to the end.
        /// Without effect where there are no validation rows. Null is kept as 0. Default: 5.
        /// </summary>
        public int? Patience
        {
            get => _patience;
            set => _patience = value ?? 0;
        }

        /// <summary>
        /// Decides the first weights, the order of rows, what is kept for validation, and dropout: one seed, one machine, one
        /// result on its CPU. Null: drawn from the context's generator when the trainer is made. Default: null.
        /// </summary>
        public int? Seed { get; set; }

        /// <summary>A .safetensors file with the weights to begin with; empty or null: random ones. Default: null.</summary>
        public string? InitialWeightsPath { get; set; }

        /// <summary>
        /// A file that training can be taken up again from, whenever and however it ends; empty or null: none. Written at each
        /// epoch's end, when training is cancelled, and as often as <see cref="CheckpointSteps"/> and
        /// <see cref="CheckpointSeconds"/> say; it stays when training is over. Where it is there, <c>Fit</c> goes on from it. Default:
        /// null.
        /// </summary>
        public string? CheckpointPath { get; set; }

        /// <summary>Steps after which a checkpoint is due within an epoch; 0: none is. Default: 0.</summary>
        public int CheckpointSteps { get; set; }

        /// <summary>Seconds after which a checkpoint is due within an epoch; 0: none is. Default: 0.</summary>
        public double CheckpointSeconds { get; set; }

        /// <summary>
        /// Seconds within an epoch after which training says on the log, and to whom it is to, how far it is; 0: never, and then it
        /// does not say on the error stream where to listen either. Default: 5.
        /// </summary>
        public double ProgressSeconds { get; set; } = 5;

        /// <summary>
        /// How many steps may be skipped, each with a warning, because their loss or a gradient is no finite number; with the
        /// next one training ends. Default: 0.
        /// </summary>
        public int MaxNonFiniteSteps { get; set; }

        /// <summary>
        /// What the scorer does with a row that it cannot score; training stops at one with any value. Saved with the scorer.
        /// Default: <see cref="BadRowPolicy.Error"/>.
        /// </summary>
        public BadRowPolicy BadRowPolicy { get; set; } = BadRowPolicy.Error;

        /// <summary>
        /// Whether the scorer's TokenScores have the size of the feature column's halves, where that is known, with NaN (ML.NET's missing
        /// value) behind a row's tokens. False: a value for each of the row's tokens and no more, in a vector of variable size, as JSON
        /// knows no NaN. Saved with the scorer. Default: true.
        /// </summary>
        public bool PadTokenScores { get; set; } = true;

        /// <summary>
        /// Whether the scorer writes the column TokenProbabilities, the logistic function of each token's score. Saved with the scorer.
        /// Default: false.
        /// </summary>
        public bool TokenProbabilities { get; set; }

        /// <summary>
        /// The processes that train together, as MlNetNtd.Mpi has them; null: this one alone. Each calls <c>Fit</c> with the same
        /// options, on a view of the same rows; the rows of each step are divided among them, and every one gets the same scorer.
        /// Only the first one logs, tells of epochs and writes checkpoints. Not written down with the other options. Default: null.
        /// </summary>
        [JsonIgnore]
        public IProcessGroup? ProcessGroup { get; set; }

        /// <summary>
        /// Whether the view that each of <see cref="ProcessGroup"/> calls <c>Fit</c> on has rows of its own, as of files of its own, and
        /// not the rows of all. Each step then takes as many rows of each process; who has fewer has none in the last steps of an
        /// epoch. Without effect on one process. Default: false.
        /// </summary>
        public bool InputIsSharded { get; set; }

        /// <summary>In all processes together.</summary>
        internal long RowsPerStep => (long)BatchSize * GradientAccumulationSteps;

        /// <summary>A copy in which null alone says "none".</summary>
        internal Options Copy()
        {
            var copy = (Options)MemberwiseClone();
            copy._maskColumnName = UnsetValue.ToNull(MaskColumnName);
            copy.TokenCountColumnName = UnsetValue.ToNull(TokenCountColumnName);
            copy.ExampleWeightColumnName = UnsetValue.ToNull(ExampleWeightColumnName);
            copy.SamplingKeyColumnName = UnsetValue.ToNull(SamplingKeyColumnName);
            copy.EmbeddingDimension = UnsetValue.ToNull(EmbeddingDimension);
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

    /// <summary>The names of columns that are not given.</summary>
    public static class Defaults
    {
        /// <summary>The label.</summary>
        public const string LabelColumnName = "Label";

        /// <summary>The combined sequences.</summary>
        public const string FeatureColumnName = "Combined";

        /// <summary>The masks.</summary>
        public const string MaskColumnName = "Mask";
    }
}
