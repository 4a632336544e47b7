namespace TorchSharp;

public static partial class torch
{
    /// <summary>Text forms.</summary>
    public partial class Tensor
    {
        /// <summary>Shape, element type and device; no elements.</summary>
        public override string ToString() =>
            $"[{string.Join("x", Impl.Sizes)}], type = {dtype}, device = {device}";
    }
}
