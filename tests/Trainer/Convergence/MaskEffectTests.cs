using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>
/// Why the stage exists. A discriminator of predicted tokens must judge each by the true tokens before it. It must see
/// them, or it has nothing to judge by; and it must not see the true token at the same place, or it needs no judgement:
/// it compares, and whatever differs is false, however well it was predicted. A generator trained against that learns to
/// copy, not to write.
/// </summary>
[TestClass]
public sealed class MaskEffectTests
{
    private const int TrainingRows = 1500;
    private const int HeldOutRows = 2000;

    /// <summary>
    /// What the mask lets through is enough. In this language each symbol is followed by one certain symbol. True
    /// candidates are what follows from the true tokens before them; false ones are not. Only the context half can tell
    /// the discriminator which is which, since by itself every symbol is as likely true as false.
    /// </summary>
    [TestMethod]
    public void Context()
    {
        var language = new SymbolLanguage(followers: 1, seed: 1);
        TokenRow Row(bool label)
        {
            var text = language.Text();
            var candidates = text.Select((symbol, t) => label ? symbol : t == 0 ? language.Any() : language.Stranger(text[t - 1]));
            return Of(text, [.. candidates], label);
        }

        var auc = HeldOutAuc(Row, maskColumn: "Mask", epochs: 3);

        Assert.IsGreaterThanOrEqualTo(0.95, auc, $"AUC {auc}");
    }

    /// <summary>
    /// What the mask holds back would be enough to cheat. Here four symbols may follow each symbol, all equally likely. The
    /// true candidate is the true token at its own place; the false one is another draw from what may follow the same
    /// past: a perfect generator's. Given what the mask allows, both have the same distribution, so no discriminator can
    /// tell them apart, and ours stays at chance.
    /// </summary>
    [TestMethod]
    public void PeekingIsPrevented()
    {
        var auc = HeldOutAuc(PeekingRows(), maskColumn: "Mask", epochs: 10);

        Assert.IsTrue(auc is >= 0.45 and <= 0.55, $"AUC {auc}");
    }

    /// <summary>The same, whatever the trainer believes of masks in general: the stage says how this one is written.</summary>
    [TestMethod]
    public void PeekingIsPreventedInEveryKindOfMask()
    {
        var auc = HeldOutAuc(PeekingRows(), maskColumn: "Mask", epochs: 3, MaskKind.Allowed);

        Assert.IsTrue(auc is >= 0.45 and <= 0.55, $"AUC {auc}");
    }

    /// <summary>
    /// The same rows, the same training, but for the causal part of the mask: candidates may look at the whole context, the
    /// true token at their own place included. Now the discriminator compares, and is nearly always right. The task was
    /// learnable all along; in the test above it was the mask that prevented it.
    /// </summary>
    [TestMethod]
    public void PeekingWorksWithoutTheCausalMask()
    {
        var auc = HeldOutAuc(PeekingRows(), maskColumn: nameof(TokenRow.OwnMask), epochs: 10);

        Assert.IsGreaterThanOrEqualTo(0.95, auc, $"AUC {auc}");
    }

    private static Func<bool, TokenRow> PeekingRows()
    {
        var language = new SymbolLanguage(followers: 4, seed: 2);
        return label =>
        {
            var text = language.Text();
            var candidates = text.Select((symbol, t) => label ? symbol : t == 0 ? language.Any() : language.Follower(text[t - 1]));
            var row = Of(text, [.. candidates], label);
            row.OwnMask = MaskWithoutCausality();
            return row;
        };
    }

    // The stage's mask, except that every query may attend the whole context half. Candidates still do not see each other.
    private static bool[] MaskWithoutCausality()
    {
        var side = 2 * TokenRow.Tokens;
        var blocked = new bool[side * side];
        for (var query = 0; query < side; query++)
        {
            for (var key = TokenRow.Tokens; key < side; key++)
                blocked[query * side + key] = key != query;
        }

        return blocked;
    }

    private static TokenRow Of(int[] text, int[] candidates, bool label) => new()
    {
        PreviousEmbeddings = SymbolLanguage.Embed(text),
        CurrentEmbeddings = SymbolLanguage.Embed(candidates),
        Label = label,
    };

    private static double HeldOutAuc(Func<bool, TokenRow> row, string maskColumn, int epochs, MaskKind stageKind = MaskKind.Blocked)
    {
        var context = new MLContext(seed: 1);
        var rows = Enumerable.Range(0, TrainingRows + HeldOutRows).Select(i => row(i % 2 == 0)).ToList();
        var pipeline = context.Transforms.NextTokenDiscriminator(new NextTokenDiscriminatorEstimator.Options { MaskKind = stageKind })
            .Append(context.BinaryClassification.Trainers.NextTokenDiscriminator(new NextTokenDiscriminatorTrainer.Options
            {
                MaskColumnName = maskColumn,
                ModelDimension = 16,
                Layers = 1,
                Dropout = 0,
                Epochs = epochs,
                LearningRate = 5e-3,
                ValidationFraction = 0,
            }));
        var model = pipeline.Fit(context.Data.LoadFromEnumerable(rows.Take(TrainingRows)));
        var scored = model.Transform(context.Data.LoadFromEnumerable(rows.Skip(TrainingRows)));
        return context.BinaryClassification.Evaluate(scored).AreaUnderRocCurve;
    }
}
