namespace MlNetNtd;

public sealed partial class NextTokenDiscriminatorTrainer
{
    /// <summary>The default names of columns.</summary>
    public static class Defaults
    {
        /// <summary>The name of the label column.</summary>
        public const string LabelColumnName = "Label";

        /// <summary>The name of the column of combined sequences.</summary>
        public const string FeatureColumnName = "Combined";

        /// <summary>The name of the mask column.</summary>
        public const string MaskColumnName = "Mask";
    }
}
