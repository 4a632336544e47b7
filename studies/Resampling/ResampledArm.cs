namespace MlNetNtd.Studies.Resampling;

/// <summary>The arm that picks among K draws: alpha is fitted on validation windows, the loss bounded and summed exactly on others.</summary>
internal static class ResampledArm
{
    /// <summary>Evaluates it.</summary>
    /// <param name="name">The arm's name.</param>
    /// <param name="evaluation">The evaluation.</param>
    /// <param name="generator">The generator.</param>
    /// <param name="discriminator">The discriminator.</param>
    /// <param name="validation">Windows to fit alpha on.</param>
    /// <param name="test">Windows that nothing is trained on.</param>
    /// <param name="exactWindows">The number of test windows whose exact loss is computed.</param>
    /// <param name="candidates">K.</param>
    /// <param name="seed">Decides the draws.</param>
    public static ArmResult Evaluate(
        string name, ArmEvaluation evaluation, ITextGenerator generator, WordScorer discriminator, IReadOnlyList<int[]> validation,
        IReadOnlyList<int[]> test, int exactWindows, int candidates, int seed)
    {
        var alpha = Run(validation, 1, model => model.FitAlpha(validation));
        var losses = Run(test, alpha, model => model.Evaluate(test));
        int[][] some = [.. test.Take(exactWindows)];
        var exact = Run(some, alpha, model => model.ComputeExactLoss(some)) - Run(some, alpha, model => model.Evaluate(some)).GeneratorLoss;
        var writer = new Writer(generator, test[0].Length);
        return evaluation.Evaluate(
            name, losses.ResamplingLossUpperBound, (count, draw) => writer.WriteResampled(count, draw, discriminator, alpha, candidates),
            $"alpha {alpha:F2}; residual distribution {losses.ResidualLossLowerBound:F3} to {losses.ResidualLossUpperBound:F3}, "
            + $"exactly {exact:+0.000;-0.000;0.000} from the generator on {some.Length} windows");

        T Run<T>(IReadOnlyList<int[]> windows, double factor, Func<ResidualModel, T> act)
        {
            var options = new ResidualModelOptions
            {
                VocabularySize = generator.Words,
                Candidates = candidates,
                Alpha = factor,
                TokenFeatures = discriminator.Features,
                Seed = seed,
            };
            using var model = new ResidualModel(new TeacherForcing(generator, windows).Generate, discriminator.Scorer, discriminator.Embeddings, options);
            return act(model);
        }
    }
}
