using TorchSharp;
using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>The module's parameter and buffers: names, shapes, types, devices and saved state.</summary>
[TestClass]
public sealed class ModuleStateTests
{
    [TestMethod]
    public void Module_has_one_parameter_of_zeros()
    {
        using var module = new NextTokenDiscriminator(4, 8);
        var (name, parameter) = module.named_parameters().Single();
        Assert.AreEqual("init_emb", name);
        CollectionAssert.AreEqual(new long[] { 1, 1, 4 }, parameter.shape);
        Assert.IsTrue(parameter.requires_grad);
        Expect.SameBits(new float[4], parameter.Floats());
        Assert.AreEqual(4, module.EmbeddingDimension);
        Assert.AreEqual(8, module.MaxTokens);
    }

    [TestMethod]
    public void Module_has_two_buffers_of_the_longest_length()
    {
        using var module = new NextTokenDiscriminator(4, 3);
        var (causal, current) = (module.get_buffer("causal_mask")!, module.get_buffer("curr_mask")!);
        CollectionAssert.AreEqual(new long[] { 3, 3 }, causal.shape);
        CollectionAssert.AreEqual(new long[] { 3, 3 }, current.shape);
        Expect.Same<bool>([false, true, true, false, false, true, false, false, false], causal.Bools());
        Expect.Same<bool>([false, true, true, true, false, true, true, true, false], current.Bools());
    }

    [TestMethod]
    public void Masks_are_not_part_of_the_state()
    {
        using var module = new NextTokenDiscriminator(4, 8);
        CollectionAssert.AreEqual(new[] { "init_emb" }, module.state_dict().Keys.ToArray());
    }

    [TestMethod]
    public void Resetting_sets_the_initial_embedding_to_zeros()
    {
        using var module = WithInitial(1, 2, 3);
        module.reset_parameters();
        Expect.SameBits(new float[3], module.InitialEmbedding.Floats());
        Assert.IsTrue(module.InitialEmbedding.requires_grad);
    }

    [TestMethod]
    public void Device_and_type_can_be_given()
    {
        using var scope = NewDisposeScope();
        using var module = new NextTokenDiscriminator(2, 4, device: CPU, dtype: ScalarType.Float64);
        Assert.AreEqual(ScalarType.Float64, module.InitialEmbedding.dtype);
        Assert.AreEqual(DeviceType.CPU, module.InitialEmbedding.device_type);

        var (sequences, mask) = module.forward(
            tensor(new double[] { 1, 2, 3, 4 }, [1, 2, 2]), tensor(new double[] { 5, 6, 7, 8 }, [1, 2, 2]));

        Assert.AreEqual(ScalarType.Float64, sequences.dtype);
        CollectionAssert.AreEqual(new double[] { 0, 0, 1, 2, 5, 6, 7, 8 }, sequences.data<double>().ToArray());
        Assert.AreEqual(ScalarType.Bool, mask.dtype);
    }

    [TestMethod]
    public void Module_that_was_moved_to_another_type_works_in_that_type()
    {
        using var scope = NewDisposeScope();
        using var module = WithInitial(1, 2);

        var moved = module.to(ScalarType.Float64);

        Assert.AreSame(module, moved);
        Assert.AreEqual(ScalarType.Float64, module.InitialEmbedding.dtype);
        var (sequences, mask) = module.forward(
            tensor(new double[] { 1, 2, 3, 4 }, [1, 2, 2]), tensor(new double[] { 5, 6, 7, 8 }, [1, 2, 2]));
        CollectionAssert.AreEqual(new double[] { 1, 2, 1, 2, 5, 6, 7, 8 }, sequences.data<double>().ToArray());
        Assert.AreEqual(ScalarType.Bool, mask.dtype);
        Expect.Same<bool>(Reference.Blocked(2), mask.Bools());
    }

    [TestMethod]
    public void Module_that_was_moved_keeps_the_masks_out_of_its_state()
    {
        using var module = WithInitial(1, 2);
        module.to(ScalarType.Float64);
        CollectionAssert.AreEqual(new[] { "init_emb" }, module.state_dict().Keys.ToArray());
        module.to(CPU);
        CollectionAssert.AreEqual(new[] { "init_emb" }, module.state_dict().Keys.ToArray());
        module.to(CPU, ScalarType.Float32);
        CollectionAssert.AreEqual(new[] { "init_emb" }, module.state_dict().Keys.ToArray());
        Assert.IsTrue(module.has_buffer("causal_mask"));
        Assert.IsTrue(module.has_buffer("curr_mask"));
        Expect.SameBits([1, 2], module.InitialEmbedding.Floats());
    }

    [TestMethod]
    public void Module_moves_to_another_device_completely_and_leaves_no_tensor()
    {
        using var module = new NextTokenDiscriminator(2, 4);
        var (causal, current) = (module.get_buffer("causal_mask")!, module.get_buffer("curr_mask")!);

        // A device that every machine has.
        module.to(DeviceType.META);

        Assert.AreEqual(DeviceType.META, module.InitialEmbedding.device_type);
        Assert.AreEqual(DeviceType.META, module.get_buffer("causal_mask")!.device_type);
        Assert.AreEqual(DeviceType.META, module.get_buffer("curr_mask")!.device_type);
        Assert.IsTrue(causal.IsInvalid, "The mask that was there is freed.");
        Assert.IsTrue(current.IsInvalid, "The mask that was there is freed.");
        CollectionAssert.AreEqual(new[] { "init_emb" }, module.state_dict().Keys.ToArray());
    }

    [TestMethod]
    public void Move_to_the_same_device_keeps_the_masks()
    {
        using var module = new NextTokenDiscriminator(2, 4);
        var (causal, current) = (module.get_buffer("causal_mask"), module.get_buffer("curr_mask"));

        module.to(CPU);

        Assert.AreSame(causal, module.get_buffer("causal_mask"));
        Assert.AreSame(current, module.get_buffer("curr_mask"));
    }

    [TestMethod]
    public void State_moves_from_one_module_to_another()
    {
        using var scope = NewDisposeScope();
        using var source = WithInitial(1.5f, -2, 3);
        using var target = new NextTokenDiscriminator(3, 20);

        target.load_state_dict(source.state_dict());

        Expect.SameBits([1.5f, -2, 3], target.InitialEmbedding.Floats());
        var (previous, current) = Tensors.Batch(Sequences.Pairs(1, 2, 3), 2, 3);
        Expect.SameBits(source.forward(previous, current).Sequences.Floats(), target.forward(previous, current).Sequences.Floats());
    }

    [TestMethod]
    public void State_survives_a_file()
    {
        var path = Path.Combine(Path.GetTempPath(), $"{nameof(State_survives_a_file)}-{Guid.NewGuid():N}.dat");
        try
        {
            using var source = WithInitial(1.5f, -2, 3);
            using var target = new NextTokenDiscriminator(3, 20);
            source.save(path);
            target.load(path);
            Expect.SameBits([1.5f, -2, 3], target.InitialEmbedding.Floats());
        }
        finally
        {
            File.Delete(path);
        }
    }

    [TestMethod]
    public void State_of_a_module_that_was_moved_survives_a_file()
    {
        using var stream = new MemoryStream();
        using var source = WithInitial(1.5f, -2, 3);
        source.to(ScalarType.Float64);
        source.save(stream);

        // Saving closes the stream.
        using var saved = new MemoryStream(stream.ToArray());
        using var target = new NextTokenDiscriminator(3, 20, dtype: ScalarType.Float64);
        target.load(saved);

        CollectionAssert.AreEqual(new double[] { 1.5, -2, 3 }, target.InitialEmbedding.data<double>().ToArray());
    }

    [TestMethod]
    [NeedsCuda]
    [TestCategory(Category.Cuda)]
    public void Module_that_was_moved_to_a_GPU_works_there()
    {
        using var scope = NewDisposeScope();
        using var module = WithInitial(1, 2);
        module.to(CUDA);

        var (sequences, mask) = module.forward(ones(1, 2, 2, device: CUDA), ones(1, 2, 2, device: CUDA));

        Assert.AreEqual(DeviceType.CUDA, sequences.device_type);
        Assert.AreEqual(DeviceType.CUDA, mask.device_type);
        Expect.SameBits([1, 2, 1, 1, 1, 1, 1, 1], sequences.cpu().Floats());
        Expect.Same<bool>(Reference.Blocked(2), mask.cpu().Bools());
        CollectionAssert.AreEqual(new[] { "init_emb" }, module.state_dict().Keys.ToArray());
    }

    private static NextTokenDiscriminator WithInitial(params float[] values)
    {
        var module = new NextTokenDiscriminator(values.Length, 8);
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        module.InitialEmbedding.copy_(tensor(values, [1, 1, values.Length]));
        return module;
    }
}
