#nullable disable
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Internal;

/// <summary>
/// A parameter of a layer that the real package keeps in native code: the layer computes with it whatever becomes of
/// the object under which it is registered, which belongs to the dispose scope the layer was made in.
/// </summary>
internal sealed class NativeParameter(Func<Parameter> registered)
{
    private TensorImpl _impl;

    public TensorImpl Impl
    {
        get
        {
            if (registered() is { IsInvalid: false } parameter)
                _impl = parameter.Impl;
            return _impl;
        }
    }

    /// <summary>Each reader gets an object of its own.</summary>
    public Parameter Handle() => Impl is { } impl ? new Parameter(impl) : null;
}

/// <summary>What layers have in common.</summary>
internal static class LayerSetup
{
    public static T Move<T>(this T module, Device device, ScalarType? dtype) where T : nn.Module =>
        device is not null
            ? dtype is { } both ? module.to(device, both) : module.to(device)
            : dtype is { } type ? module.to(type) : module;

    public static Parameter NewParameter(params long[] sizes)
    {
        var impl = TensorImpl.Create(get_default_dtype(), sizes);
        impl.WantGrad(true);
        return new Parameter(impl);
    }
}
