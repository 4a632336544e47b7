using FsCheck;
using FsCheck.Fluent;
using Microsoft.ML;
using TorchSharp;

namespace MlNetNtd.Tests;

/// <summary>The Torch engine on a GPU.</summary>
[TestClass]
[NeedsCuda]
[TestCategory(Category.Cuda)]
public sealed class CudaTests
{
    [TestMethod]
    public void Results_equal_those_of_the_managed_engine_bit_for_bit() => Property.Check(Cases, one =>
    {
        var rows = Sequences.Mixed(one.Rows, one.MaxTokens, one.Dimension, one.Seed);
        var view = Views.Unknown(rows);
        var initial = Sequences.Values(new Random(one.Seed), one.Dimension);
        using var managed = Fit(view, EngineKind.Managed, new MLContext());
        using var onGpu = Fit(view, EngineKind.Torch, OnGpu(0));

        var expected = ViewReader.Rows(managed.Transform(view), Views.Combined, Views.Mask);
        var found = ViewReader.Rows(onGpu.Transform(view), Views.Combined, Views.Mask);

        Assert.HasCount(expected.Count, found);
        for (var row = 0; row < expected.Count; row++)
        {
            Expect.SameBits((float[])expected[row][Views.Combined], (float[])found[row][Views.Combined], $"Row {row}.");
            Expect.Same<bool>((bool[])expected[row][Views.Mask], (bool[])found[row][Views.Mask], $"Row {row}.");
        }

        NextTokenDiscriminatorTransformer Fit(IDataView input, EngineKind engine, MLContext context) => Transformers.Fit(
            input,
            options =>
            {
                options.Engine = engine;
                options.BatchSize = one.BatchSize;
                options.EmbeddingDimension = one.Dimension;
                options.InitialEmbedding = initial;
            },
            context);
    });

    [TestMethod]
    public void Loaded_model_runs_on_the_GPU()
    {
        var rows = Sequences.Pairs(20, 3, 2);
        var view = Views.Known(rows, 3, 2);
        using var stream = new MemoryStream();
        using (var transformer = Transformers.Fit(view, options => options.Engine = EngineKind.Torch))
            new MLContext().Model.Save(transformer, view.Schema, stream);
        stream.Position = 0;

        var loaded = (NextTokenDiscriminatorTransformer)OnGpu(0).Model.Load(stream, out _);

        ExpectCombined(rows, loaded, view);
        loaded.Dispose();
    }

    [TestMethod]
    public void Auto_uses_the_GPU_that_the_context_asks_for()
    {
        var choice = EngineChoice.Make(OnGpu(0), EngineKind.Auto, gpuDeviceId: 0, fallbackToCpu: false);
        Assert.AreEqual(new EngineChoice(EngineKind.Torch, 0), choice);
        Assert.AreEqual(DeviceType.CUDA, choice.Device.type);
    }

    [TestMethod]
    public void Auto_without_a_GPU_in_the_context_is_managed() => Assert.AreEqual(
        new EngineChoice(EngineKind.Managed, null),
        EngineChoice.Make(new MLContext(), EngineKind.Auto, gpuDeviceId: null, fallbackToCpu: false));

    [TestMethod]
    [DataRow(EngineKind.Auto)]
    [DataRow(EngineKind.Torch)]
    public void GPU_that_does_not_exist_is_an_error_where_no_fallback_is_allowed(EngineKind engine)
    {
        var view = Views.Known(Sequences.Pairs(5, 3, 2), 3, 2);
        using var transformer = Transformers.Fit(view, options => options.Engine = engine, OnGpu(Missing, fallback: false));

        var thrown = Assert.ThrowsExactly<InvalidOperationException>(() => transformer.Transform(view));

        StringAssert.StartsWith(thrown.Message, $"GpuDeviceId = {Missing}, but ");
        StringAssert.EndsWith(thrown.Message, ". Set MLContext.FallbackToCpu to run on the CPU instead.");
    }

    [TestMethod]
    [DataRow(EngineKind.Auto)]
    [DataRow(EngineKind.Torch)]
    public void GPU_that_does_not_exist_is_a_warning_where_fallback_is_allowed(EngineKind engine)
    {
        var rows = Sequences.Pairs(5, 3, 2);
        var view = Views.Known(rows, 3, 2);
        var context = OnGpu(Missing, fallback: true);
        var warnings = new List<string>();
        context.Log += (_, message) =>
        {
            if (message.Message.Contains("GpuDeviceId", StringComparison.Ordinal))
                warnings.Add(message.Message);
        };
        using var transformer = Transformers.Fit(view, options => options.Engine = engine, context);

        ExpectCombined(rows, transformer, view);

        Assert.HasCount(1, warnings);
        StringAssert.EndsWith(warnings[0], "; running on the CPU.");
    }

    [TestMethod]
    public void Module_can_be_created_on_the_GPU()
    {
        var view = Views.Known(Sequences.Pairs(2, 3, 2), 3, 2);
        using var transformer = Transformers.Fit(view);
        using var scope = torch.NewDisposeScope();
        using var module = transformer.CreateModule(torch.CUDA);
        var (previous, current) = Tensors.Batch(Sequences.Pairs(2, 3, 2), 3, 2);

        var (sequences, mask) = module.forward(previous.cuda(), current.cuda());

        Assert.AreEqual(DeviceType.CUDA, sequences.device_type);
        Assert.AreEqual(DeviceType.CUDA, mask.device_type);
        Expect.Same<bool>(Reference.Blocked(3), mask.cpu().Bools());
    }

    private static int Missing => torch.cuda.device_count();

    private static Gen<Case> Cases =>
        from rows in Gen.Choose(1, 30)
        from maxTokens in Gen.Choose(1, 12)
        from dimension in Gen.Choose(1, 9)
        from batchSize in Gen.Choose(2, 40)
        from seed in Gen.Choose(0, 1_000_000)
        select new Case(rows, maxTokens, dimension, batchSize, seed);

    private static MLContext OnGpu(int index, bool fallback = false) => new(seed: 1) { GpuDeviceId = index, FallbackToCpu = fallback };

    private static void ExpectCombined(SequencePair[] rows, NextTokenDiscriminatorTransformer transformer, IDataView view)
    {
        var combined = ViewReader.Vectors<float>(transformer.Transform(view), Views.Combined);
        Assert.HasCount(rows.Length, combined);
        for (var row = 0; row < rows.Length; row++)
            Expect.SameBits(Reference.Combined([0, 0], rows[row]), combined[row], $"Row {row}.");
    }

    private sealed record Case(int Rows, int MaxTokens, int Dimension, int BatchSize, int Seed);
}
