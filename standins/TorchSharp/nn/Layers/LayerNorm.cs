using TorchSharp.Modules;
using TorchSharp.Utils;

namespace TorchSharp
{
    namespace Modules
    {
        /// <summary>The last dimensions brought to mean 0 and variance 1, then scaled and shifted by what is learned.</summary>
        public sealed class LayerNorm : torch.nn.Module<torch.Tensor, torch.Tensor>
        {
            private readonly long[] _shape;
            private readonly double _eps;

#pragma warning disable IDE0044 // Written by reflection when the module moves.
            [ComponentName(Name = "bias")]
            private Parameter? _bias;
            [ComponentName(Name = "weight")]
            private Parameter? _weight;
#pragma warning restore IDE0044

            internal LayerNorm(long[] shape, double eps, bool affine, bool bias, torch.Device? device, torch.ScalarType? dtype)
                : base(nameof(LayerNorm))
            {
                (_shape, _eps) = (shape, eps);
                if (!affine)
                    return;
                weight = new Parameter(torch.ones(shape, dtype, device));
                if (bias)
                    this.bias = new Parameter(torch.zeros(shape, dtype, device));
            }

            public Parameter? bias
            {
                get => _bias;
                set
                {
                    _bias?.Dispose();
                    _bias = value?.DetachFromDisposeScope() as Parameter;
                    ConditionallyRegisterParameter(nameof(bias), _bias);
                }
            }

            public Parameter weight
            {
                get => _weight!;
                set
                {
                    ArgumentNullException.ThrowIfNull(value);
                    if (ReferenceEquals(value, _weight))
                        return;
                    _weight?.Dispose();
                    _weight = value.DetachFromDisposeScope() as Parameter;
                    ConditionallyRegisterParameter(nameof(weight), _weight);
                }
            }

            public override torch.Tensor forward(torch.Tensor tensor) =>
                torch.nn.functional.layer_norm(tensor, _shape, _weight, _bias, _eps);

            protected override void Dispose(bool disposing)
            {
                _weight?.Dispose();
                _bias?.Dispose();
                base.Dispose(disposing);
            }
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static LayerNorm LayerNorm(long[] normalized_shape, double eps = 1e-05, bool elementwise_affine = true, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
                new(normalized_shape, eps, elementwise_affine, bias, device, dtype);

            public static LayerNorm LayerNorm(long normalized_shape, double eps = 1e-05, bool elementwise_affine = true, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
                new([normalized_shape], eps, elementwise_affine, bias, device, dtype);
        }
    }
}
