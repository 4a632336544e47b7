namespace TorchSharp.Internal;

/// <summary>A value that a step needs on the way back. It must not have changed meanwhile, and is let go afterwards.</summary>
internal sealed class Saved
{
    private readonly int _version;
    private TensorImpl? _value;

    public Saved(TensorImpl value)
    {
        if (value.IsInference)
        {
            Fail.Native("Inference tensors cannot be saved for backward. To work around you can make a clone to get a " +
                "normal tensor and use it in autograd.");
        }

        _value = value;
        _version = value.Storage.Version;
    }

    public TensorImpl Value
    {
        get
        {
            if (_value is null)
            {
                Fail.Native("Trying to backward through the graph a second time (or directly access saved tensors after " +
                    "they have already been freed). Specify retain_graph=True if you need to backward through the graph " +
                    "a second time.");
            }

            if (_value.Storage.Version != _version)
            {
                Fail.Native("one of the variables needed for gradient computation has been modified by an inplace " +
                    $"operation: a tensor of shape {Fail.Show(_value.Sizes)} is at version {_value.Storage.Version}; " +
                    $"expected version {_version} instead.");
            }

            return _value;
        }
    }

    public void Release() => _value = null;
}
