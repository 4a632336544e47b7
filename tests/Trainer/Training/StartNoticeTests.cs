using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>A training without listeners prints once how to see its progress, and a hint that saves work.</summary>
[TestClass]
public sealed class StartNoticeTests
{
    [TestMethod]
    public void First_training_of_a_process_says_how_to_see_the_epochs()
    {
        var written = new StringWriter();
        var notice = new StartNotice(() => written);

        Tell(notice);
        Tell(notice);

        Assert.AreEqual(
            "NextTokenDiscriminator trains on 90 rows (10 more for validation), 40 epochs at most, on cpu. "
            + "To see each epoch: mlContext.Log += (_, e) => Console.WriteLine(e.RawMessage); (said once a process; ProgressSeconds = 0: not at all)" + Environment.NewLine,
            written.ToString());
    }

    [TestMethod]
    public void Notice_is_skipped_for_listeners_and_without_progress()
    {
        var written = new StringWriter();
        var notice = new StartNotice(() => written);

        Tell(notice, isHeard: true);
        Tell(notice, progressSeconds: 0);
        Assert.AreEqual("", written.ToString());

        Tell(notice);
        Assert.Contains("To see each epoch", written.ToString());
    }

    /// <summary>The line shows code: it has to be right.</summary>
    [TestMethod]
    public void Log_event_named_by_the_notice_shows_the_epochs()
    {
        var context = new MLContext(seed: 1);
        var lines = new List<string>();
        context.Log += (_, e) => lines.Add(e.RawMessage);

        Trainers.Fit(context).Dispose();

        Assert.HasCount(2, lines.FindAll(line => line.StartsWith("Epoch ", StringComparison.Ordinal)));
    }

    [TestMethod]
    [DataRow(9, false, true)]
    [DataRow(9, true, false)]
    [DataRow(1, false, false)]
    public void Much_padding_suggests_BucketByLength(int maxTokens, bool byLength, bool isSuggested)
    {
        Assert.AreEqual(isSuggested, Suggested(Samples.Free(60, maxTokens), byLength));
    }

    /// <summary>Rows that the transform pads to one length are padded in every batch.</summary>
    [TestMethod]
    public void Padding_within_the_rows_suggests_nothing() =>
        Assert.IsFalse(Suggested(Samples.Free(60, maxTokens: 9), byLength: false, options => (options.PadToMaxTokens, options.MaxTokens) = (true, 9)));

    private static bool Suggested(List<TrainingRow> rows, bool byLength, Action<NextTokenDiscriminatorEstimator.Options>? stage = null)
    {
        var context = new MLContext(seed: 1);
        var lines = new List<string>();
        context.Log += (_, e) => lines.Add(e.RawMessage);
        Trainers.Small(context, options => (options.BucketByLength, options.Epochs) = (byLength, 1))
            .Fit(Trainers.Transformed(context, context.Data.LoadFromEnumerable(rows), stage)).Dispose();
        return lines.Exists(line => line.Contains("% of the tokens are padding because rows differ in length: with BucketByLength"));
    }

    private static void Tell(StartNotice notice, bool isHeard = false, double progressSeconds = 5) => notice.Report(
        new NextTokenDiscriminatorTrainer.Options { ProgressSeconds = progressSeconds }, isHeard,
        new TrainingDataset(null!, null, ValidationSplit.None, DataShard.CreateUnsharded(16, byLength: false), [], [])
        {
            Training = new DatasetCounts(90, 45, 45, 90, 1),
            Validation = new DatasetCounts(10, 5, 5, 10, 1),
            Steps = 6,
            MaxHalfTokens = 1,
            LabelsTokens = false,
            Loss = LossKind.Row,
            CandidatesPerToken = 1,
            Fingerprint = "",
            TrainingFingerprint = new RowFingerprint(),
            ValidationFingerprint = new RowFingerprint(),
            Padding = new PaddingStatistics(1),
        },
        new TrainingEngine(EngineKind.Managed, null));
}
