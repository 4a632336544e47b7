namespace TorchSharp.Internal;

/// <summary>How a view was made, where that forbids to change it in place.</summary>
internal enum ViewOrigin
{
    Plain,
    NoGrad,
    InferenceMode,

    /// <summary>One of several views that one operation gave.</summary>
    OneOfSeveral,
}
