using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MlNetNtd.Tests;

/// <summary>The choice of the engine and its log messages.</summary>
[TestClass]
public sealed class EngineChoiceTests
{
    private const int BatchSize = 4;

    // No machine has so many.
    private const int MissingGpu = 4_096;

    [TestMethod]
    public void Auto_is_the_managed_engine_without_a_GPU_request()
    {
        var (context, log) = Context();
        Assert.IsFalse(ReadsAhead(context, EngineKind.Auto));
        AssertNoWarning(log);
    }

    [TestMethod]
    public void Torch_runs_on_the_CPU_without_a_GPU_request()
    {
        var (context, log) = Context();
        Assert.IsTrue(ReadsAhead(context, EngineKind.Torch));
        AssertNoWarning(log);
    }

    [TestMethod]
    public void Auto_warns_and_is_the_managed_engine_where_the_GPU_is_missing()
    {
        var (context, log) = Context();
        (context.GpuDeviceId, context.FallbackToCpu) = (MissingGpu, true);
        Assert.IsFalse(ReadsAhead(context, EngineKind.Auto));
        AssertWarning(log);
    }

    [TestMethod]
    public void Torch_warns_and_runs_on_the_CPU_where_the_GPU_is_missing()
    {
        var (context, log) = Context();
        (context.GpuDeviceId, context.FallbackToCpu) = (MissingGpu, true);
        Assert.IsTrue(ReadsAhead(context, EngineKind.Torch));
        AssertWarning(log);
    }

    [TestMethod]
    [DataRow(EngineKind.Auto)]
    [DataRow(EngineKind.Torch)]
    public void Without_fallback_a_missing_GPU_is_an_error(EngineKind engine)
    {
        var (context, log) = Context();
        (context.GpuDeviceId, context.FallbackToCpu) = (MissingGpu, false);
        var view = View();
        using var transformer = Transformers.Fit(view, options => options.Engine = engine, context);

        var thrown = Assert.ThrowsExactly<InvalidOperationException>(() => transformer.Transform(view));
        Assert.ThrowsExactly<InvalidOperationException>(() => transformer.GetRowToRowMapper(view.Schema));

        Assert.StartsWith("GpuDeviceId = 4096, but ", thrown.Message);
        Assert.EndsWith(". Set MLContext.FallbackToCpu to run on the CPU instead.", thrown.Message);
        AssertNoWarning(log);
    }

    [TestMethod]
    public void Message_says_where_there_is_no_GPU()
    {
        if (NeedsCudaAttribute.IsHere)
            return;
        foreach (var index in new[] { 0, -1 })
        {
            var (context, log) = Context();
            (context.GpuDeviceId, context.FallbackToCpu) = (index, true);
            Assert.IsFalse(ReadsAhead(context, EngineKind.Auto));
            Assert.ContainsSingle(message => message.Message.Contains($"GpuDeviceId = {index}, but no CUDA device is available; running on the CPU."), log);
        }
    }

    [TestMethod]
    public void Managed_does_not_look_for_a_GPU()
    {
        var (context, log) = Context();
        (context.GpuDeviceId, context.FallbackToCpu) = (MissingGpu, false);
        Assert.IsFalse(ReadsAhead(context, EngineKind.Managed));
        AssertNoWarning(log);
    }

    [TestMethod]
    public void Context_is_read_when_data_is_transformed()
    {
        var (context, log) = Context();
        var view = View();
        using var transformer = Transformers.Fit(view, context: context);
        transformer.Transform(view);
        AssertNoWarning(log);

        (context.GpuDeviceId, context.FallbackToCpu) = (MissingGpu, true);
        transformer.Transform(view);
        AssertWarning(log);
    }

    [TestMethod]
    public void Block_of_the_Torch_engine_has_the_requested_size()
    {
        var (context, _) = Context();
        foreach (var batchSize in new[] { 1, 2, 7, 20 })
            Assert.AreEqual(batchSize, RowsReadForTheFirst(context, EngineKind.Torch, batchSize));
    }

    private static TestView View() => Views.Known(Sequences.Pairs(30, 3, 2), 3, 2);

    private static (MLContext Context, List<LoggingEventArgs> Log) Context()
    {
        var context = new MLContext(seed: 1);
        var log = new List<LoggingEventArgs>();
        context.Log += (_, message) => log.Add(message);
        return (context, log);
    }

    // The one difference that can be seen from outside: the Torch engine fills a block before it serves a row.
    private static bool ReadsAhead(MLContext context, EngineKind engine) => RowsReadForTheFirst(context, engine, BatchSize) switch
    {
        1 => false,
        BatchSize => true,
        var other => throw new AssertFailedException($"{other} rows were read for the first one."),
    };

    private static int RowsReadForTheFirst(MLContext context, EngineKind engine, int batchSize)
    {
        var view = View();
        using var transformer = Transformers.Fit(view, options => (options.Engine, options.BatchSize) = (engine, batchSize), context);
        var output = transformer.Transform(view);
        using var cursor = output.GetRowCursor([output.Schema[Views.Combined]]);
        Assert.IsTrue(cursor.MoveNext());
        return view.Moves;
    }

    private static void AssertWarning(List<LoggingEventArgs> log)
    {
        var warning = Assert.ContainsSingle(message => message.Kind == ChannelMessageKind.Warning, log);
        Assert.Contains("GpuDeviceId = 4096, but ", warning.Message);
        Assert.EndsWith("; running on the CPU.", warning.Message);
    }

    private static void AssertNoWarning(List<LoggingEventArgs> log) =>
        Assert.DoesNotContain(message => message.Kind >= ChannelMessageKind.Warning, log);
}
