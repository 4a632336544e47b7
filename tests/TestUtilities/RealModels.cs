using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace MlNetNtd.Tests;

/// <summary>Models of ML.NET's own transforms and trainers, by name: all that its package Microsoft.ML can fit and save.</summary>
internal static class RealModels
{
    private const int Rows = 60;

    private static readonly Dictionary<string, Func<MLContext, IEstimator<ITransformer>>> Checked = new()
    {
        ["Concatenate"] = ml => ml.Transforms.Concatenate("Out", "Features", "Number"),
        ["CopyColumns"] = ml => ml.Transforms.CopyColumns("Out", "Text"),
        ["SelectColumns"] = ml => ml.Transforms.SelectColumns(["Text", "Features"], keepHidden: true),
        ["DropColumns"] = ml => ml.Transforms.DropColumns("Text"),
        ["ConvertType"] = ml => ml.Transforms.Conversion.ConvertType("Out", "Number", DataKind.Double),
        ["ConvertType to keys"] = ml => ml.Transforms.Conversion.MapValueToKey("Key", "Small").Append(ml.Transforms.Conversion.ConvertType("Out", "Key", DataKind.UInt16)),
        ["Hash"] = ml => ml.Transforms.Conversion.Hash("Out", "Text", numberOfBits: 8),
        ["Hash, keeping texts"] = ml => ml.Transforms.Conversion.Hash("Out", "Text", numberOfBits: 8, maximumNumberOfInverts: -1),
        ["MapValueToKey of texts"] = ml => ml.Transforms.Conversion.MapValueToKey("Out", "Text"),
        ["MapValueToKey of numbers"] = ml => ml.Transforms.Conversion.MapValueToKey("Out", "Small").Append(ml.Transforms.Conversion.MapValueToKey("Other", "Number"))
            .Append(ml.Transforms.Conversion.MapValueToKey("Flag", "Label")),
        ["MapKeyToValue"] = ml => ml.Transforms.Conversion.MapValueToKey("Key", "Text").Append(ml.Transforms.Conversion.MapKeyToValue("Out", "Key")),
        ["MapKeyToVector"] = ml => ml.Transforms.Conversion.MapValueToKey("Key", "Text").Append(ml.Transforms.Conversion.MapKeyToVector("Out", "Key")),
        ["MapKeyToBinaryVector"] = ml => ml.Transforms.Conversion.MapValueToKey("Key", "Text").Append(ml.Transforms.Conversion.MapKeyToBinaryVector("Out", "Key")),
        ["MapValue"] = ml => ml.Transforms.Conversion.MapValue("Out", new Dictionary<string, float> { ["red"] = 1, ["green"] = 2 }, "Text"),
        ["MapValue to texts"] = ml => ml.Transforms.Conversion.MapValue("Out", new Dictionary<int, string> { [1] = "one", [2] = "two" }, "Small"),
        ["OneHotEncoding"] = ml => ml.Transforms.Categorical.OneHotEncoding("Out", "Text"),
        ["OneHotEncoding in bits"] = ml => ml.Transforms.Categorical.OneHotEncoding("Out", "Text", OneHotEncodingEstimator.OutputKind.Binary),
        ["OneHotHashEncoding"] = ml => ml.Transforms.Categorical.OneHotHashEncoding("Out", "Text", numberOfBits: 8),
        ["IndicateMissingValues"] = ml => ml.Transforms.IndicateMissingValues("Out", "Features"),
        ["ReplaceMissingValues"] = ml => ml.Transforms.ReplaceMissingValues("Out", "Features", MissingValueReplacingEstimator.ReplacementMode.Mean)
            .Append(ml.Transforms.ReplaceMissingValues("Other", "Number")),
        ["NormalizeMinMax"] = ml => ml.Transforms.NormalizeMinMax("Out", "Features").Append(ml.Transforms.NormalizeMinMax("Other", "Number")),
        ["NormalizeMeanVariance"] = ml => ml.Transforms.NormalizeMeanVariance("Out", "Features").Append(ml.Transforms.NormalizeMeanVariance("Other", "Features", useCdf: true)),
        ["NormalizeLogMeanVariance"] = ml => ml.Transforms.NormalizeLogMeanVariance("Out", "Features"),
        ["NormalizeBinning"] = ml => ml.Transforms.NormalizeBinning("Out", "Features"),
        ["NormalizeSupervisedBinning"] = ml => ml.Transforms.NormalizeSupervisedBinning("Out", "Features"),
        ["NormalizeRobustScaling"] = ml => ml.Transforms.NormalizeRobustScaling("Out", "Features"),
        ["NormalizeLpNorm"] = ml => ml.Transforms.NormalizeLpNorm("Out", "Features"),
        ["NormalizeGlobalContrast"] = ml => ml.Transforms.NormalizeGlobalContrast("Out", "Features"),
        ["ProjectToPrincipalComponents"] = ml => ml.Transforms.ProjectToPrincipalComponents("Out", "Features", rank: 2),
        ["ApproximatedKernelMap"] = ml => ml.Transforms.ApproximatedKernelMap("Out", "Features", rank: 8),
        ["SelectFeaturesBasedOnCount"] = ml => ml.Transforms.FeatureSelection.SelectFeaturesBasedOnCount("Out", "Features", count: Rows / 2),
        ["SelectFeaturesBasedOnMutualInformation"] = ml => ml.Transforms.FeatureSelection.SelectFeaturesBasedOnMutualInformation("Out", "Features", slotsInOutput: 2),
        ["FeaturizeText"] = ml => ml.Transforms.Text.FeaturizeText("Out", "Text"),
        ["NormalizeText"] = ml => ml.Transforms.Text.NormalizeText("Out", "Text"),
        ["TokenizeIntoWords"] = ml => ml.Transforms.Text.TokenizeIntoWords("Out", "Text"),
        ["TokenizeIntoCharactersAsKeys"] = ml => ml.Transforms.Text.TokenizeIntoCharactersAsKeys("Out", "Text"),
        ["RemoveDefaultStopWords"] = ml => ml.Transforms.Text.TokenizeIntoWords("Words", "Text").Append(ml.Transforms.Text.RemoveDefaultStopWords("Out", "Words")),
        ["RemoveStopWords"] = ml => ml.Transforms.Text.TokenizeIntoWords("Words", "Text").Append(ml.Transforms.Text.RemoveStopWords("Out", "Words", "red", "blue")),
        ["ProduceNgrams"] = ml => Words(ml).Append(ml.Transforms.Text.ProduceNgrams("Out", "Keys")),
        ["ProduceHashedNgrams"] = ml => Words(ml).Append(ml.Transforms.Text.ProduceHashedNgrams("Out", "Keys", numberOfBits: 8)),
        ["ProduceWordBags"] = ml => ml.Transforms.Text.ProduceWordBags("Out", "Text"),
        ["ProduceHashedWordBags"] = ml => ml.Transforms.Text.ProduceHashedWordBags("Out", "Text", numberOfBits: 8),
        ["SdcaLogisticRegression"] = ml => ml.BinaryClassification.Trainers.SdcaLogisticRegression(maximumNumberOfIterations: 2),
        ["SdcaNonCalibrated"] = ml => ml.BinaryClassification.Trainers.SdcaNonCalibrated(maximumNumberOfIterations: 2),
        ["LbfgsLogisticRegression"] = ml => ml.BinaryClassification.Trainers.LbfgsLogisticRegression(),
        ["AveragedPerceptron"] = ml => ml.BinaryClassification.Trainers.AveragedPerceptron(),
        ["SgdCalibrated"] = ml => ml.BinaryClassification.Trainers.SgdCalibrated(numberOfIterations: 2),
        ["SgdNonCalibrated"] = ml => ml.BinaryClassification.Trainers.SgdNonCalibrated(numberOfIterations: 2),
        ["LinearSvm"] = ml => ml.BinaryClassification.Trainers.LinearSvm(),
        ["LdSvm"] = ml => ml.BinaryClassification.Trainers.LdSvm(numberOfIterations: 10),
        ["Prior"] = ml => ml.BinaryClassification.Trainers.Prior(),
        ["Platt"] = ml => ml.BinaryClassification.Trainers.LinearSvm().Append(ml.BinaryClassification.Calibrators.Platt()),
        ["Naive"] = ml => ml.BinaryClassification.Trainers.LinearSvm().Append(ml.BinaryClassification.Calibrators.Naive()),
        ["Isotonic"] = ml => ml.BinaryClassification.Trainers.LinearSvm().Append(ml.BinaryClassification.Calibrators.Isotonic()),
        ["SdcaMaximumEntropy"] = ml => Class(ml).Append(ml.MulticlassClassification.Trainers.SdcaMaximumEntropy("Class", maximumNumberOfIterations: 2)),
        ["SdcaNonCalibrated of classes"] = ml => Class(ml).Append(ml.MulticlassClassification.Trainers.SdcaNonCalibrated("Class", maximumNumberOfIterations: 2)),
        ["LbfgsMaximumEntropy"] = ml => Class(ml).Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Class")),
        ["NaiveBayes"] = ml => Class(ml).Append(ml.MulticlassClassification.Trainers.NaiveBayes("Class")),
        ["OneVersusAll"] = ml => Class(ml).Append(ml.MulticlassClassification.Trainers.OneVersusAll(ml.BinaryClassification.Trainers.LbfgsLogisticRegression(), "Class")),
        ["PairwiseCoupling"] = ml => Class(ml).Append(ml.MulticlassClassification.Trainers.PairwiseCoupling(ml.BinaryClassification.Trainers.LbfgsLogisticRegression(), "Class")),
        ["Sdca"] = ml => ml.Regression.Trainers.Sdca("Number", maximumNumberOfIterations: 2),
        ["OnlineGradientDescent"] = ml => ml.Regression.Trainers.OnlineGradientDescent("Number"),
        ["LbfgsPoissonRegression"] = ml => ml.Regression.Trainers.LbfgsPoissonRegression("Number"),
        ["KMeans"] = ml => ml.Clustering.Trainers.KMeans(numberOfClusters: 3),
        ["RandomizedPca"] = ml => ml.AnomalyDetection.Trainers.RandomizedPca(rank: 2),
    };

    // Native code that believes the model, or a text that is compiled: not to be loaded unless somebody says so.
    private static readonly Dictionary<string, (string[] Stages, Func<MLContext, IEstimator<ITransformer>> Make)> Unchecked = new()
    {
        ["LatentDirichletAllocation"] = (["LdaTransform"], ml => Words(ml).Append(ml.Transforms.Text.ProduceNgrams("Grams", "Keys"))
            .Append(ml.Transforms.Text.LatentDirichletAllocation("Out", "Grams", numberOfTopics: 2, maximumNumberOfIterations: 2))),
        ["Expression"] = (["ExprTransform"], ml => ml.Transforms.Expression("Out", "x => x + 1", "Number")),
        ["FieldAwareFactorizationMachine"] = (["FAFMPredXfer", "FieldAwareFactMacPredict"], ml => ml.BinaryClassification.Trainers.FieldAwareFactorizationMachine(["Features"])),
    };

    /// <summary>Names of models whose stages are all checked.</summary>
    public static IEnumerable<string> CheckedNames => Checked.Keys;

    /// <summary>Names of models with a stage that passes only where it is allowed by name.</summary>
    public static IEnumerable<string> UncheckedNames => Unchecked.Keys;

    /// <summary>The stages of such a model that have to be allowed.</summary>
    public static string[] StagesToAllow(string name) => Unchecked[name].Stages;

    /// <summary>A saved model.</summary>
    public static byte[] Make(string name)
    {
        var ml = new MLContext(seed: 1);
        var view = View(ml);
        using var stream = new MemoryStream();
        var estimator = Checked.TryGetValue(name, out var make) ? make(ml) : Unchecked[name].Make(ml);
        ml.Model.Save(estimator.Fit(view), view.Schema, stream);
        return stream.ToArray();
    }

    /// <summary>A model with the loader of its rows, whose file has a header.</summary>
    public static byte[] WithTextLoader()
    {
        var ml = new MLContext(seed: 1);
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "first,second,third\n1,2,3\n");
            var loader = ml.Data.CreateTextLoader(
                [new("Features", DataKind.Single, 0, 1), new("Number", DataKind.Single, 2)], ',', hasHeader: true, dataSample: new MultiFileSource(path));
            using var stream = new MemoryStream();
            ml.Model.Save(ml.Transforms.CopyColumns("Copy", "Features").Fit(loader.Load(path)), loader, stream);
            return stream.ToArray();
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static EstimatorChain<ValueToKeyMappingTransformer> Words(MLContext ml) =>
        ml.Transforms.Text.TokenizeIntoWords("Words", "Text").Append(ml.Transforms.Conversion.MapValueToKey("Keys", "Words"));

    private static ValueToKeyMappingEstimator Class(MLContext ml) => ml.Transforms.Conversion.MapValueToKey("Class", "Small");

    private static IDataView View(MLContext ml)
    {
        var random = new Random(1);
        string[] words = ["red", "green", "blue", "the", "of"];
        return ml.Data.LoadFromEnumerable(Enumerable.Range(0, Rows).Select(row => new Row
        {
            Label = row % 2 == 0,
            Number = row % 7,
            Small = row % 3,
            Text = $"{words[row % 5]} {words[row % 3]} {words[row % 2]}",
            Features = [row % 2 + random.NextSingle(), random.NextSingle(), random.NextSingle() - row % 2, row % 5 == 0 ? 0 : 1],
        }).ToList());
    }

    private sealed class Row
    {
        public bool Label { get; set; }

        public float Number { get; set; }

        public int Small { get; set; }

        public string Text { get; set; } = "";

        [VectorType(4)]
        public float[] Features { get; set; } = [];
    }
}
