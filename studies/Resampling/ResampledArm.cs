namespace MlNetNtd.Studies.Resampling;

/// <summary>The arm that picks among K draws: alpha is fitted on validation windows, the loss bounded and summed exactly on others.</summary>
internal static class ResampledArm
{
    /// <summary>Evaluates it.</summary>
    /// <param name="evaluation">The evaluation.</param>
    /// <param name="generator">The generator.</param>
    /// <param name="scorer">The discriminator.</param>
    /// <param name="embeddings">Looks up the embedding of a word.</param>
    /// <param name="validation">Windows to fit alpha on.</param>
    /// <param name="test">Windows that nothing is trained on.</param>
    /// <param name="exactWindows">The number of test windows whose exact loss is computed.</param>
    /// <param name="candidates">K.</param>
    /// <param name="seed">Decides the draws.</param>
    public static ArmResult Evaluate(
        ArmEvaluation evaluation, ITextGenerator generator, TokenScorer scorer, Func<int, ReadOnlySpan<float>> embeddings,
        IReadOnlyList<int[]> validation, IReadOnlyList<int[]> test, int exactWindows, int candidates, int seed)
    {
        var alpha = Run(validation, 1, model => model.FitAlpha(validation));
        var losses = Run(test, alpha, model => model.Evaluate(test));
        int[][] some = [.. test.Take(exactWindows)];
        var exact = Run(some, alpha, model => model.ComputeExactLoss(some)) - Run(some, alpha, model => model.Evaluate(some)).GeneratorLoss;
        var writer = new Writer(generator, test[0].Length);
        return evaluation.Evaluate(
            $"picks of {candidates}", losses.ResamplingLossUpperBound, (count, draw) => writer.WriteResampled(count, draw, scorer, embeddings, alpha, candidates),
            $"alpha {alpha:F2}; residual distribution {losses.ResidualLossLowerBound:F3} to {losses.ResidualLossUpperBound:F3}, "
            + $"exactly {exact:+0.000;-0.000;0.000} from the generator on {some.Length} windows");

        T Run<T>(IReadOnlyList<int[]> windows, double factor, Func<ResidualModel, T> act)
        {
            var options = new ResidualModelOptions { VocabularySize = generator.Words, Candidates = candidates, Alpha = factor, Seed = seed };
            using var model = new ResidualModel(new TeacherForcing(generator, windows).Generate, scorer, embeddings, options);
            return act(model);
        }
    }
}
