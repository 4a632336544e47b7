using System.Globalization;
using Microsoft.ML;

namespace MlNetNtd.Benchmarks.Quality;

/// <summary>
/// The command <c>quality</c>: how well the discriminator with its default options tells the tokens of public texts from candidates of
/// generators, beside what users have without it.
/// </summary>
internal static class QualityTable
{
    /// <summary>Measures and prints.</summary>
    /// <returns>The printed tables, in Markdown.</returns>
    /// <exception cref="ArgumentException">A flag is unknown, or a text is too short.</exception>
    public static string Run(TextWriter console, QualityOptions options)
    {
        var contenders = Choose(console, options);
        var report = new Report(console);
        report.Line(Text(
            $"V = {options.Vocabulary:N0}, T = {options.WindowTokens}, C = {options.Dimension}; seeds {Joined(options.Seeds)}; tests on {options.TestRows:N0} rows or as many as the text has; each row of {options.WindowTokens} tokens has a twin with generated candidates."));
        var tables = new List<QualitySection>();
        foreach (var corpus in LoadTexts(console, options))
        {
            var split = new TextSplit(corpus, options.Vocabulary);
            var models = new TextModels(split, options.Dimension);
            report.Line();
            report.Line(Text(
                $"**{corpus.Name}**: {corpus.Words:N0} tokens in {corpus.Documents.Count:N0} documents: {Count(split.Counts):N0} tokens to count, {Count(split.Training):N0} to train, {Count(split.Test):N0} to test."));
            foreach (var candidates in options.Candidates)
                tables.Add(Measure(console, options, contenders, split, models, candidates));
        }

        QualitySection.Print(report, options.Rows, tables);
        return report.ToString();
    }

    private static QualitySection Measure(
        TextWriter console, QualityOptions options, List<IContender> contenders, TextSplit split, TextModels models, string candidates)
    {
        var section = new QualitySection(split.Name, candidates);
        foreach (var rows in options.Rows)
        {
            foreach (var seed in options.Seeds)
            {
                var task = new QualityTask(split, models, candidates, rows, options.TestRows, options.WindowTokens, seed);
                if (task.TrainingRows.Count < rows / 2 * 2)
                    console.WriteLine(Text($"  {split.Name}: expected {rows:N0} training rows, found {task.TrainingRows.Count:N0}"));
                foreach (var contender in contenders)
                {
                    var scores = contender.Run(task);
                    var result = QualityResult.Evaluate(task, scores);
                    section.Add(contender.Name, rows, result);
                    console.WriteLine(Text(
                        $"  {split.Name}, {candidates}, {rows:N0} rows, seed {seed}, {contender.Name}: AUC {result.AreaUnderRocCurve:F4}, loss {result.LogLoss:F4}, calibration {result.CalibrationError:F4}, {result.CpuSeconds:F1} s; {scores.Note}"));
                }
            }
        }

        return section;
    }

    private static List<IContender> Choose(TextWriter console, QualityOptions options)
    {
        var discriminator = new Discriminator("discriminator", options.CreateTrainerOptions);
        IContender[] all =
        [
            discriminator,
            new Discriminator("discriminator; 10 draws", options.CreateTrainerOptions, draws: 10),
            new Discriminator("discriminator; n-gram features", options.CreateTrainerOptions, hasFeatures: true),
            new LogRatio(),
            new FeatureTrainer("Lbfgs", context => context.Transforms.NormalizeMeanVariance("Features")
                .Append(context.BinaryClassification.Trainers.LbfgsLogisticRegression())),
            new FeatureTrainer("FastTree", context => context.BinaryClassification.Trainers.FastTree()),
            new FeatureTrainer("LightGbm", context => context.BinaryClassification.Trainers.LightGbm()),
            new FeatureTrainer("LightGbm; token scores", context => context.BinaryClassification.Trainers.LightGbm(), discriminator),
            new PyTorchTwin(options.CreateTrainerOptions),
        ];
        if (options.Contenders.FirstOrDefault(name => all.All(contender => contender.Name != name)) is { } unknown)
            throw new ArgumentException($"--contenders: expected names of {string.Join("; ", all.Select(contender => contender.Name))}, found {unknown}.");
        var chosen = new List<IContender>();
        foreach (var contender in all)
        {
            if (options.Contenders.Count > 0 && !options.Contenders.Contains(contender.Name))
                continue;
            if (contender.FindMissing() is { } missing)
                console.WriteLine($"{contender.Name} is skipped: it needs {missing}.");
            else
                chosen.Add(contender);
        }

        return chosen;
    }

    private static IEnumerable<Corpus> LoadTexts(TextWriter console, QualityOptions options)
    {
        if (options.TextFile is { } path)
        {
            yield return TextFile.Load(path);
            yield break;
        }

        foreach (var text in DebianText.All.Where(text => options.Texts.Contains(text.Name)))
        {
            if (text.TryLoad() is { } corpus)
                yield return corpus;
            else
                console.WriteLine($"{text.Name} is skipped: {text.Title}, needs Debian's package {text.Package} (apt-get install {text.Package}).");
        }
    }

    private static int Count(int[][] documents) => documents.Sum(document => document.Length);

    private static string Joined(IEnumerable<int> numbers) => string.Join(", ", numbers);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
