using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>
/// Makes all parameters of a network views of one flat tensor, and their gradients views of another, so that one operation works on
/// all of them.
/// </summary>
/// <remarks>The parameters stay the same objects with the same names and shapes; only their memory moves.</remarks>
internal sealed class FlatParameters : IDisposable
{
    private readonly Parameter[] _parameters;
    private readonly Tensor[] _gradients;
    private readonly long[] _offsets;

    // Null values: allocates the flat tensor and copies the weights to it.
    private FlatParameters(Parameter[] parameters, Tensor? values)
    {
        _parameters = parameters;
        using var scope = NewDisposeScope();
        using var mode = inference_mode(false);
        using var noGrad = no_grad();
        var sizes = Array.ConvertAll(parameters, parameter => parameter.numel());
        var length = sizes.Sum(ParameterShape.AlignToCacheLine);
        var (type, device) = (parameters[0].dtype, parameters[0].device);
        Values = (values?.alias() ?? zeros(length, type, device)).DetachFromDisposeScope();
        Gradients = zeros(length, type, device).DetachFromDisposeScope();
        _gradients = new Tensor[parameters.Length];
        _offsets = new long[parameters.Length];
        long first = 0;
        for (var i = 0; i < parameters.Length; i++)
        {
            var (parameter, shape) = (parameters[i], parameters[i].shape);
            var view = Values.narrow(0, first, sizes[i]).view(shape);
            if (values is null)
                view.copy_(parameter);
            parameter.set_(view);
            _offsets[i] = first;
            _gradients[i] = Gradients.narrow(0, first, sizes[i]).view(shape).DetachFromDisposeScope();
            first += ParameterShape.AlignToCacheLine(sizes[i]);
        }
    }

    /// <summary>Gets all weights, with zeros in the gaps between them.</summary>
    public Tensor Values { get; }

    /// <summary>Gets the gradients of all weights at the same offsets, with zeros in the gaps.</summary>
    public Tensor Gradients { get; }

    /// <summary>Moves the parameters of a network into a flat tensor on the network's current device.</summary>
    /// <param name="network">The network.</param>
    /// <param name="existing">The network's earlier flat tensor; returned if the parameters are still the same.</param>
    public static FlatParameters Create(DiscriminatorNetwork network, FlatParameters? existing)
    {
        Parameter[] parameters = [.. network.parameters()];
        return existing is not null && parameters.Zip(existing._parameters).All(pair => ReferenceEquals(pair.First, pair.Second))
            ? existing
            : new FlatParameters(parameters, null);
    }

    /// <summary>Makes the parameters of a network views of another network's weights, with gradients of their own.</summary>
    /// <param name="network">The network, on the same device as the other.</param>
    /// <param name="source">The other network's flat parameters.</param>
    public static FlatParameters CreateView(DiscriminatorNetwork network, FlatParameters source) => new([.. network.parameters()], source.Values);

    /// <summary>Sets all gradients to zero, and makes the next backward pass write to <see cref="Gradients"/>.</summary>
    /// <remarks>Code that sets gradients to null, as <c>zero_grad</c> does, detaches them from the flat tensor.</remarks>
    public void Clear()
    {
        // zero_ returns a second handle: without disposing it here it would live as long as the caller's scope, which may be a
        // whole training.
        Gradients.zero_().Dispose();
        for (var i = 0; i < _parameters.Length; i++)
            _parameters[i].grad = _gradients[i];
    }

    /// <summary>Copies gradients that are stored elsewhere to <see cref="Gradients"/>.</summary>
    /// <remarks>
    /// The caller's loss may set gradients to null, as <c>zero_grad</c> does, or run a backward pass with <c>create_graph</c>.
    /// libtorch then allocates new gradients, at an offset of 0.
    /// </remarks>
    public void Gather()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        for (var i = 0; i < _parameters.Length; i++)
        {
            if (_parameters[i].grad is not { } gradient)
                _gradients[i].zero_();
            else if (_offsets[i] == 0 || gradient.storage_offset() != _offsets[i])
                _gradients[i].copy_(gradient);
        }
    }

    /// <summary>Throws if the parameters no longer belong to the network.</summary>
    /// <remarks>
    /// A network that is moved or cast gets new parameters from TorchSharp, and these are disposed. The check calls no libtorch
    /// function.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The network was moved, cast or disposed.</exception>
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

    /// <summary>
    /// Finds the parameter with the largest gradient norm; a gradient that is not finite comes before all others.
    /// </summary>
    /// <returns>The parameter's index in the network, and the norm.</returns>
    public (int Index, float Norm) FindLargestGradient()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var norms = Array.ConvertAll(_gradients, gradient => gradient.norm().ItemSingle());
        var broken = Array.FindIndex(norms, norm => !float.IsFinite(norm));
        var index = broken >= 0 ? broken : Array.IndexOf(norms, norms.Max());
        return (index, norms[index]);
    }

    /// <summary>Freezes the parameters that are frozen in another network.</summary>
    public void FreezeAs(FlatParameters other)
    {
        for (var i = 0; i < _parameters.Length; i++)
        {
            if (_parameters[i].requires_grad != other._parameters[i].requires_grad)
                _parameters[i].requires_grad = other._parameters[i].requires_grad;
        }
    }

    /// <summary>
    /// Runs an operation on all parameters and restores those that are frozen, which have no <c>requires_grad</c>.
    /// </summary>
    /// <param name="change">The operation.</param>
    public void KeepFrozen(Action change)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
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
}
