using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetNtd.Autograd.Tests;

/// <summary>Optimizers, step by step, as in PyTorch 1.13.</summary>
[TestClass]
public sealed class OptimizerTests
{
    private const double Tolerance = 2e-6;

    private static readonly Dictionary<string, Func<Parameter[], optim.Optimizer>> Optimizers = new()
    {
        ["adamw"] = p => optim.AdamW(p, 0.01),
        ["adamw_decay"] = p => optim.AdamW(p, 0.02, 0.8, 0.95, 1e-6, 0.1),
        ["adamw_amsgrad"] = p => optim.AdamW(p, 0.1, amsgrad: true),
        ["adamw_maximize"] = p => optim.AdamW(p, 0.01, maximize: true),
        ["adamw_scheduled"] = p => optim.AdamW(p, 1, weight_decay: 0.01),
        ["sgd"] = p => optim.SGD(p, 0.1),
        ["sgd_momentum"] = p => optim.SGD(p, 0.1, 0.9, 0.1, 0.05),
        ["sgd_nesterov"] = p => optim.SGD(p, 0.1, 0.9, nesterov: true),
    };

    public static IEnumerable<object[]> Names => Golden.File.Optimizers.Keys.Select(name => new object[] { name });

    public static IEnumerable<object[]> ClipNumbers => Enumerable.Range(0, Golden.File.Clips.Length).Select(i => new object[] { i });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Parameters_take_PyTorchs_path(string name)
    {
        using var scope = NewDisposeScope();
        var golden = Golden.File.Optimizers[name];
        var parameter = new Parameter(golden.Start.ToTensor());
        using var optimizer = Optimizers[name]([parameter]);

        for (var step = 0; step < golden.Path.Length; step++)
        {
            if (name == "adamw_scheduled")
                optimizer.ParamGroups.Single().LearningRate = new[] { 0.01, 0.02, 0.03, 0.02, 0.01, 0.0 }[step];
            Step(optimizer, parameter, golden);
            Tensors.AreClose(golden.Path[step], parameter, Tolerance);
        }
    }

    [TestMethod]
    [DataRow("adamw_amsgrad")]
    [DataRow("sgd_momentum")]
    public void A_saved_state_goes_on_where_it_stopped(string name)
    {
        using var scope = NewDisposeScope();
        var golden = Golden.File.Optimizers[name];
        var first = new Parameter(golden.Start.ToTensor());
        using var before = Optimizers[name]([first]);
        Step(before, first, golden);
        Step(before, first, golden);

        using var file = new MemoryStream();
        using var writer = new BinaryWriter(file);
        ((OptimizerHelper)before).save_state_dict(writer);
        writer.Flush();
        file.Position = 0;
        var second = new Parameter(first.detach().clone());
        using var after = Optimizers[name]([second]);
        using var reader = new BinaryReader(file);
        ((OptimizerHelper)after).load_state_dict(reader);
        Step(after, second, golden);

        Tensors.AreClose(golden.Path[2], second, Tolerance);
    }

    [TestMethod]
    public void A_parameter_without_a_gradient_stays()
    {
        using var scope = NewDisposeScope();
        var (used, unused) = (new Parameter(ones(2)), new Parameter(ones(2)));
        using var optimizer = optim.AdamW([used, unused], 0.1, weight_decay: 0.5);

        used.sum().backward();
        optimizer.step();

        Tensors.AreClose([1, 1], unused);
        Assert.AreNotEqual(1f, used[0].item<float>());
    }

    [TestMethod]
    public void Groups_keep_options_of_their_own()
    {
        using var scope = NewDisposeScope();
        var (first, second) = (new Parameter(ones(1)), new Parameter(ones(1)));
        using var optimizer = optim.AdamW(
            [
                new AdamW.ParamGroup { Parameters = [first], Options = new AdamW.Options { LearningRate = 0.5 } },
                new AdamW.ParamGroup { Parameters = [second] },
            ],
            lr: 0.25);

        (first.sum() + second.sum()).backward();
        optimizer.step();

        // The first step of Adam is the learning rate, whatever the gradient.
        Tensors.AreClose([0.5], first, 1e-6);
        Tensors.AreClose([0.75], second, 1e-6);
        CollectionAssert.AreEqual(new[] { 0.5, 0.25 }, optimizer.ParamGroups.Select(group => group.LearningRate).ToArray());
    }

    [TestMethod]
    public void Clearing_gradients_writes_zeros_and_makes_none()
    {
        using var scope = NewDisposeScope();
        var (used, unused) = (new Parameter(ones(2)), new Parameter(ones(2)));
        using var optimizer = optim.AdamW([used, unused]);

        used.sum().backward();
        optimizer.zero_grad();

        Tensors.AreClose([0, 0], used.grad!);
        Assert.IsNull(unused.grad);
    }

    [TestMethod]
    [DynamicData(nameof(ClipNumbers))]
    public void Gradients_are_clipped_as_in_PyTorch(int number)
    {
        using var scope = NewDisposeScope();
        var golden = Golden.File.Clips[number];
        var parameters = Array.ConvertAll(golden.Before, before => new Parameter(zeros(before.Shape)));
        for (var i = 0; i < parameters.Length; i++)
            parameters[i].grad = golden.Before[i].ToTensor();

        var norm = nn.utils.clip_grad_norm_([.. parameters, new Parameter(zeros(2))], golden.Most, golden.NormType);

        Assert.AreEqual(golden.Norm, norm, Tolerance * golden.Norm);
        for (var i = 0; i < parameters.Length; i++)
            Tensors.AreClose(golden.After[i].Values, parameters[i].grad!, Tolerance);
    }

    [TestMethod]
    public void Without_gradients_there_is_nothing_to_clip()
    {
        using var parameter = new Parameter(ones(2));

        Assert.AreEqual(0, nn.utils.clip_grad_norm_([parameter], 1));
    }

    private static void Step(optim.Optimizer optimizer, Parameter parameter, Golden.Run golden)
    {
        optimizer.zero_grad();
        var curve = golden.Curvature.ToTensor() * parameter * parameter / 2;
        (curve + (golden.Slope.ToTensor() * parameter)).sum().backward();
        optimizer.step();
    }
}
