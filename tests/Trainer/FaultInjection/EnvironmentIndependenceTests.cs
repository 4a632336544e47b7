using System.Globalization;
using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>Culture, time zone and a busy thread pool do not affect a model.</summary>
[TestClass]
[DoNotParallelize]
public sealed class EnvironmentIndependenceTests
{
    [TestMethod]
    public void Culture_does_not_affect_training_logs_files_or_errors()
    {
        var (expected, found) = (Run(CultureInfo.InvariantCulture), Run(Foreign()));

        Assert.HasCount(expected.Count, found);
        for (var i = 0; i < expected.Count; i++)
            Assert.AreEqual(expected[i], found[i]);
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux | OperatingSystems.OSX)]
    public void Time_zone_does_not_affect_training_logs_files_or_errors()
    {
        var before = Environment.GetEnvironmentVariable("TZ");
        try
        {
            var (earliest, latest) = (RunIn("Pacific/Kiritimati"), RunIn("Pacific/Niue"));
            CollectionAssert.AreEqual(earliest, latest);
        }
        finally
        {
            SetZone(before);
        }

        static List<string> RunIn(string zone)
        {
            SetZone(zone);
            if (TimeZoneInfo.Local.BaseUtcOffset == TimeSpan.Zero)
                Assert.Inconclusive("This system has no time zones.");
            return Run(CultureInfo.InvariantCulture);
        }

        static void SetZone(string? zone)
        {
            Environment.SetEnvironmentVariable("TZ", zone);
            TimeZoneInfo.ClearCachedData();
        }
    }

    // A service that waits on its own pool's threads has none left for us. (Saving a model needs one: ML.NET's writer of schemas.)
    [TestMethod]
    public void Busy_thread_pool_stops_neither_training_nor_scoring()
    {
        ThreadPool.GetMaxThreads(out var most, out var ports);
        var threads = Math.Max(Environment.ProcessorCount, ThreadPool.ThreadCount) + 2;
        Assert.IsTrue(ThreadPool.SetMaxThreads(threads, ports));
        using var release = new ManualResetEventSlim();
        using var freed = new CountdownEvent(threads);
        try
        {
            // Some of its threads run the tests themselves: as many of these as that wait in vain.
            for (var i = 0; i < threads; i++)
                ThreadPool.UnsafeQueueUserWorkItem(Block, null);
            Assert.IsTrue(SpinWait.SpinUntil(() => ThreadPool.ThreadCount >= threads && ThreadPool.PendingWorkItemCount > 0, TimeSpan.FromMinutes(1)));

            var ended = false;
            var work = new Thread(() => ended = Score(new MLContext(seed: 1)).Count == 40) { IsBackground = true };
            work.Start();
            Assert.IsTrue(work.Join(TimeSpan.FromMinutes(3)), "It waits for a thread of the pool.");
            Assert.IsTrue(ended);
        }
        finally
        {
            ThreadPool.SetMaxThreads(most, ports);
            release.Set();
            freed.Wait();
        }

        void Block(object? state)
        {
            release.Wait();
            freed.Signal();
        }
    }

    private static List<Scores> Score(MLContext context)
    {
        var input = Samples.View(context, 40);
        using var model = context.Transforms.NextTokenDiscriminator().Append(Trainers.Small(context)).Fit(input);
        return model.Scores(context, input);
    }

    // Everything that leaves the library as text or bytes, line by line.
    private static List<string> Run(CultureInfo culture)
    {
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = culture;
        try
        {
            var context = new MLContext(seed: 1);
            var logged = new List<string>();
            context.Log += (_, e) => logged.Add(e.Message);
            var input = Samples.View(context, 40);
            var trainer = Trainers.Small(context, options => (options.ValidationFraction, options.Dropout) = (0.25, 0.1));
            using var model = context.Transforms.NextTokenDiscriminator().Append(trainer).Fit(input);
            // But for how fast it was and how long it took.
            List<string> lines = [.. logged.Where(line => line.Contains("Epoch ", StringComparison.Ordinal)).Select(line => line.Split("; ")[0])];
            Assert.IsNotEmpty(lines);
            lines.AddRange(model.Scores(context, input).Select(score => string.Create(CultureInfo.InvariantCulture, $"{score.Score:R}")));
            TemporaryFile.Use(path =>
            {
                model.LastTransformer.SaveWeights(path);
                lines.Add(Convert.ToHexString(File.ReadAllBytes(path)));
            });
            using (var zip = new MemoryStream())
            {
                context.Model.Save(model, input.Schema, zip);
                zip.Position = 0;
                lines.AddRange(ModelFileInspector.Inspect(zip).Entries.Select(entry => $"{entry}"));
            }

            var metrics = context.BinaryClassification.Evaluate(model.Transform(input));
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{metrics.AreaUnderRocCurve:R} {metrics.Accuracy:R} {metrics.LogLoss:R}"));
            var bad = Samples.Fixed(3);
            bad[1].CurrentEmbeddings[0] = float.NaN;
            lines.Add(Assert.Throws<InvalidOperationException>(() => model.Scores(context, context.Data.LoadFromEnumerable(bad))).Message);
            lines.Add(Assert.Throws<ArgumentException>(() => Trainers.Small(context, options => options.Dropout = 1.5)).Message);
            using var stage = context.Transforms.NextTokenDiscriminator().Fit(input);
            foreach (var batch in stage.ToBatches(input, new SequenceBatchOptions { BatchSize = 16 }))
            {
                using (batch)
                    lines.Add(string.Join(' ', batch.Sequences.shape));
            }

            return lines;
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    // What differs between the cultures of the world and matters here, in one that every machine has: numbers.
    private static CultureInfo Foreign()
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (culture.NumberFormat.NumberDecimalSeparator, culture.NumberFormat.NumberGroupSeparator) = (",", ".");
        culture.NumberFormat.NegativeSign = "\u2212";
        culture.NumberFormat.PercentDecimalSeparator = ",";
        culture.DateTimeFormat.DateSeparator = ".";
        return culture;
    }
}
