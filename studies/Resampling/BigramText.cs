using Microsoft.ML;
using MlNetNtd.Benchmarks.Quality;

namespace MlNetNtd.Studies.Resampling;

/// <summary>
/// A large text with a bigram model as its generator. The discriminators have default options; one has n-gram features beside the embeddings.
/// </summary>
internal sealed class BigramText : StudyText
{
    private const double LowTemperature = 0.9;

    private readonly Sizes _sizes;
    private readonly int _candidates;
    private readonly TextSplit _split;
    private readonly TextModels _models;
    private readonly NGramModel _bigram;
    private readonly NGramModel _refit;
    private readonly NGramModel _longRefit;

    /// <param name="corpus">The text.</param>
    /// <param name="candidates">K.</param>
    /// <param name="sizes">The sizes.</param>
    public BigramText(Corpus corpus, int candidates, Sizes sizes)
    {
        (_sizes, _candidates) = (sizes, candidates);
        _split = new TextSplit(corpus, sizes.Words);
        _models = new TextModels(_split, sizes.Dimension);
        _bigram = new NGramModel(_split.Counts, _split.VocabularySize, order: 2);
        // The controls: all text that generator and discriminator have seen, given to the generator, and to n-grams as long as the features'.
        int[][] seen = [.. _split.Counts, .. _split.Training];
        _refit = new NGramModel(seen, _split.VocabularySize, order: 2);
        _longRefit = new NGramModel(seen, _split.VocabularySize, NGramModel.MaxOrder);
    }

    public override IReadOnlyList<ArmResult> Run(int seed, CancellationToken cancellationToken)
    {
        var training = ChooseWindows(_split.Training, _sizes.TrainingWindows + _sizes.JudgeWindows + _sizes.ValidationWindows, seed);
        var test = ChooseWindows(_split.Test, _sizes.TestWindows, seed);
        var plain = TrainDiscriminator(training[.._sizes.TrainingWindows], null, seed, cancellationToken);
        var counting = TrainDiscriminator(
            training[.._sizes.TrainingWindows], new TokenFeatures(_models.Features.Count, _models.Features.Compute), seed, cancellationToken);
        int[][] judged = training[_sizes.TrainingWindows..^_sizes.ValidationWindows], validation = training[^_sizes.ValidationWindows..];

        var evaluation = new ArmEvaluation(new Judge(_models, seed), new RecurrentJudge(_models.Embeddings, seed), judged, test, writtenPerTest: 4, seed);
        var (generator, refit) = (new BigramGenerator(_bigram, _split.VocabularySize), new BigramGenerator(_refit, _split.VocabularySize));
        var (writer, refitWriter, forced) = (new Writer(generator, _sizes.Tokens), new Writer(refit, _sizes.Tokens), new TeacherForcing(generator, test));
        var longRefit = new NGramText(_longRefit, _sizes.Tokens);
        return
        [
            evaluation.Evaluate("generator", forced.ComputeLoss(), (count, draw) => writer.Write(count, draw)),
            Resample($"picks of {_candidates}", plain),
            Resample($"picks of {_candidates}, n-grams", counting),
            evaluation.Evaluate($"temperature {LowTemperature}", forced.ComputeLoss(LowTemperature), (count, draw) => writer.Write(count, draw, LowTemperature)),
            evaluation.Evaluate("bigram of all that text", new TeacherForcing(refit, test).ComputeLoss(), (count, draw) => refitWriter.Write(count, draw)),
            evaluation.Evaluate($"{_longRefit.Order}-gram of all that text", longRefit.ComputeLoss(test), longRefit.Write),
        ];

        ArmResult Resample(string name, WordScorer discriminator) =>
            ResampledArm.Evaluate(name, evaluation, generator, discriminator, validation, test, _sizes.ExactWindows, _candidates, seed);
    }

    private WordScorer TrainDiscriminator(int[][] windows, TokenFeatures? features, int seed, CancellationToken cancellationToken)
    {
        var context = new MLContext(seed);
        var rows = context.Data.CreateDiscriminatorRows(windows, _models.Embeddings, new DiscriminatorRowOptions
        {
            WindowTokens = _sizes.Tokens,
            Candidates = _models.CreateSource("bigram"),
            TokenFeatures = features,
            Seed = seed,
        });
        var options = new NextTokenDiscriminatorTrainer.Options
        {
            LabelColumnName = "TokenLabels",
            SamplingKeyColumnName = "SequenceId",
            ProgressSeconds = 0,
            Seed = seed,
        };
        using var model = context.Transforms.NextTokenDiscriminator()
            .Append(context.BinaryClassification.Trainers.NextTokenDiscriminator(options, cancellationToken: cancellationToken))
            .Fit(rows);
        using var zip = new MemoryStream();
        context.Model.Save(model, rows.Schema, zip);
        return new WordScorer(TokenScorer.LoadModel(zip), id => _models.Embeddings[id], features);
    }

    private int[][] ChooseWindows(int[][] documents, int count, int seed)
    {
        var all = documents.SelectMany(document => document.Chunk(_sizes.Tokens)).Where(window => window.Length == _sizes.Tokens).ToArray();
        if (all.Length < count)
            throw new ArgumentException($"text: expected at least {count} windows in each part, found {all.Length} in one.");
        new Random(seed).Shuffle(all);
        return all[..count];
    }

    /// <summary>The sizes of the study.</summary>
    internal sealed record Sizes
    {
        public static Sizes Default { get; } = new();

        /// <summary>T.</summary>
        public int Tokens { get; init; } = 32;

        /// <summary>The most words, the unknown one included.</summary>
        public int Words { get; init; } = 3000;

        /// <summary>C.</summary>
        public int Dimension { get; init; } = 64;

        /// <summary>Real windows that the discriminator learns from; as many are generated.</summary>
        public int TrainingWindows { get; init; } = 6000;

        /// <summary>Real windows that the judges learn from; as many are written.</summary>
        public int JudgeWindows { get; init; } = 2000;

        /// <summary>Windows that alpha is fitted on.</summary>
        public int ValidationWindows { get; init; } = 200;

        public int TestWindows { get; init; } = 300;

        public int ExactWindows { get; init; } = 20;
    }
}
