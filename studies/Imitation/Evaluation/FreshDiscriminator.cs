namespace MlNetNtd.Studies.Imitation;

/// <summary>Trains a discriminator that no learner has met to tell a learner's walks from held-out experts'.</summary>
internal static class FreshDiscriminator
{
    /// <summary>Computes the AUC on walks that it has not seen; 0.5 means that it cannot tell them apart.</summary>
    public static double ComputeAuc(Experiment experiment, IReadOnlyList<Walk> walks)
    {
        var (experts, half) = (experiment.HeldOut, walks.Count / 2);
        var train = experiment.Rows.ToView(experts.Take(half), walks.Take(half));
        var test = experiment.Rows.ToView(experts.Skip(half), walks.Skip(half));
        using var discriminator = experiment.CreateTrainer().Fit(experiment.Transformer.Transform(train));
        var scored = discriminator.Transform(experiment.Transformer.Transform(test));
        return experiment.Context.BinaryClassification.Evaluate(scored).AreaUnderRocCurve;
    }
}
