using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>
/// All parameters of a network as views of one flat tensor, and their gradients of another: what is done to all of them is
/// done by one operation, however many layers there are.
/// </summary>
/// <remarks>The parameters stay who they are, with their names and shapes: only their memory moves.</remarks>
internal sealed class FlatParameters : IDisposable
{
    // Each parameter begins where a cache line does, in values.
    private const long Alignment = 16;

    private readonly Parameter[] _parameters;
    private readonly Tensor[] _gradients;
    private readonly long[] _offsets;

    // Of weights that lie elsewhere already, or not.
    private FlatParameters(Parameter[] parameters, Tensor? values)
    {
        _parameters = parameters;
        using var scope = NewDisposeScope();
        using var mode = inference_mode(false);
        using var quiet = no_grad();
        var sizes = Array.ConvertAll(parameters, parameter => parameter.numel());
        var length = sizes.Sum(Aligned);
        var (type, device) = (parameters[0].dtype, parameters[0].device);
        Values = (values?.alias() ?? zeros(length, type, device)).DetachFromDisposeScope();
        Gradients = zeros(length, type, device).DetachFromDisposeScope();
        _gradients = new Tensor[parameters.Length];
        _offsets = new long[parameters.Length];
        long first = 0;
        for (var i = 0; i < parameters.Length; i++)
        {
            var (parameter, shape) = (parameters[i], parameters[i].shape);
            var place = Values.narrow(0, first, sizes[i]).view(shape);
            if (values is null)
                place.copy_(parameter);
            parameter.set_(place);
            _offsets[i] = first;
            _gradients[i] = Gradients.narrow(0, first, sizes[i]).view(shape).DetachFromDisposeScope();
            first += Aligned(sizes[i]);
        }
    }

    /// <summary>All weights; zeros between them.</summary>
    public Tensor Values { get; }

    /// <summary>The gradients of all weights, in the same places; zeros between them.</summary>
    public Tensor Gradients { get; }

    /// <summary>How many values the flat tensor of a network has.</summary>
    public static long LengthOf(DiscriminatorConfig shape) => shape.Parameters().Sum(parameter => Aligned(parameter.Count));

    /// <summary>Moves the memory of a network's parameters, wherever the network is now.</summary>
    /// <param name="network">The network.</param>
    /// <param name="earlier">What was made of it before; served again, unless the network moved since.</param>
    public static FlatParameters Create(DiscriminatorNetwork network, FlatParameters? earlier)
    {
        Parameter[] parameters = [.. network.parameters()];
        return earlier is not null && parameters.Zip(earlier._parameters).All(pair => ReferenceEquals(pair.First, pair.Second))
            ? earlier
            : new FlatParameters(parameters, null);
    }

    /// <summary>Makes the parameters of a network views of another's of the same shape, with gradients of their own.</summary>
    /// <param name="network">On the device of the other.</param>
    /// <param name="other">The other's.</param>
    public static FlatParameters CreateView(DiscriminatorNetwork network, FlatParameters other) => new([.. network.parameters()], other.Values);

    /// <summary>Sets all gradients to zero, and sees to it that the next ones come to lie in <see cref="Gradients"/>.</summary>
    /// <remarks>Whoever sets the gradients of a network to nothing, as <c>zero_grad</c> does, takes them out of there.</remarks>
    public void Clear()
    {
        // A handle of its own on the same tensor: the caller's scope may be that of a whole training, or there is none.
        Gradients.zero_().Dispose();
        for (var i = 0; i < _parameters.Length; i++)
            _parameters[i].grad = _gradients[i];
    }

    /// <summary>Brings the gradients home that came to lie elsewhere.</summary>
    /// <remarks>
    /// A loss of a caller's own may set gradients to nothing, as <c>zero_grad</c> does, or run a backward pass with
    /// <c>create_graph</c>: libtorch then gives the parameters new ones, at an offset of 0.
    /// </remarks>
    public void Gather()
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        for (var i = 0; i < _parameters.Length; i++)
        {
            if (_parameters[i].grad is not { } gradient)
                _gradients[i].zero_();
            else if (_offsets[i] == 0 || gradient.storage_offset() != _offsets[i])
                _gradients[i].copy_(gradient);
        }
    }

    /// <summary>Refuses to go on with parameters that are no longer the network's.</summary>
    /// <remarks>TorchSharp gives a network that is moved or cast other parameters, and disposes of these. It costs no call of libtorch.</remarks>
    /// <exception cref="InvalidOperationException">The network was moved or cast, or disposed.</exception>
    public void CheckNotMoved()
    {
        foreach (var parameter in _parameters)
        {
            if (parameter.IsInvalid)
            {
                throw new InvalidOperationException(
                    "network: expected the parameters that the learner was made with, found others: the network was moved, cast or disposed since. Make the learner after to(...).");
            }
        }
    }

    /// <summary>Which parameter has the largest gradient, by its norm; one whose gradient is not finite before all others.</summary>
    /// <returns>Its place among the network's parameters, and the norm.</returns>
    public (int Place, float Norm) FindLargestGradient()
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var norms = Array.ConvertAll(_gradients, gradient => gradient.norm().ItemSingle());
        var broken = Array.FindIndex(norms, norm => !float.IsFinite(norm));
        var place = broken >= 0 ? broken : Array.IndexOf(norms, norms.Max());
        return (place, norms[place]);
    }

    /// <summary>Freezes what is frozen of another's.</summary>
    public void FreezeAs(FlatParameters other)
    {
        for (var i = 0; i < _parameters.Length; i++)
        {
            if (_parameters[i].requires_grad != other._parameters[i].requires_grad)
                _parameters[i].requires_grad = other._parameters[i].requires_grad;
        }
    }

    /// <summary>Keeps parameters that are frozen, those without <c>requires_grad</c>, as they are through an operation on all.</summary>
    public void KeepFrozen(Action change)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var frozen = Array.FindAll(_parameters, parameter => !parameter.requires_grad);
        var values = Array.ConvertAll(frozen, parameter => parameter.detach().clone());
        change();
        for (var i = 0; i < frozen.Length; i++)
            frozen[i].detach().copy_(values[i]);
    }

    public void Dispose()
    {
        foreach (var gradient in _gradients)
            gradient.Dispose();
        Gradients.Dispose();
        Values.Dispose();
    }

    private static long Aligned(long size) => (size + Alignment - 1) / Alignment * Alignment;
}
