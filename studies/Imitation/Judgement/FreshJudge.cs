namespace MlNetNtd.Examples.Imitation;

/// <summary>A discriminator that no learner has met: trained to tell a learner's walks from held-out experts', in an ML.NET pipeline.</summary>
internal static class FreshJudge
{
    /// <summary>The AUC on walks that the judge has not seen.</summary>
    public static double Auc(Workshop shop, IReadOnlyList<Walk> walks)
    {
        var (experts, half) = (shop.HeldOut, walks.Count / 2);
        var train = shop.Rows.View(experts.Take(half), walks.Take(half));
        var test = shop.Rows.View(experts.Skip(half), walks.Skip(half));
        using var judge = shop.CreateTrainer().Fit(shop.Stage.Transform(train));
        var judged = judge.Transform(shop.Stage.Transform(test));
        return shop.Context.BinaryClassification.Evaluate(judged).AreaUnderRocCurve;
    }
}
