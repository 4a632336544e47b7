using TorchSharp.Internal;
using TorchSharp.Modules;

namespace TorchSharp
{
    namespace Modules
    {
        /// <summary>x * weight^T + bias.</summary>
        public sealed class Linear : torch.nn.Module<torch.Tensor, torch.Tensor>
        {
            private readonly NativeParameter _weight;
            private readonly NativeParameter _bias;

            internal Linear(long inputSize, long outputSize, bool hasBias)
                : base("torch::nn::LinearImpl")
            {
                _weight = new NativeParameter(() => Registered(nameof(weight)));
                _bias = new NativeParameter(() => Registered(nameof(bias)));
                var spread = Math.Sqrt(2.0 / 6) / Math.Sqrt(inputSize);
                Register(nameof(weight), Math.Sqrt(3.0) * spread, outputSize, inputSize);
                if (hasBias)
                    Register(nameof(bias), 1 / Math.Sqrt(inputSize), outputSize);
                _ = (_weight.Impl, _bias.Impl);
            }

            public Parameter? bias
            {
                get => _bias.Handle();
                set => ConditionallyRegisterParameter(
                    nameof(bias), value ?? throw new ArgumentNullException(nameof(value), "The bias cannot be set to null."));
            }

            public Parameter? weight
            {
                get => _weight.Handle();
                set => ConditionallyRegisterParameter(
                    nameof(weight), value ?? throw new ArgumentNullException(nameof(value), "The weight cannot be set to null."));
            }

            public override torch.Tensor forward(torch.Tensor tensor) => LinearKernel.Run(tensor.Impl, _weight.Impl, _bias.Impl);

            private Parameter? Registered(string part) => _internal_params.TryGetValue(part, out var found) ? found : null;

            private void Register(string part, double bound, params long[] sizes)
            {
                var parameter = LayerSetup.NewParameter(sizes);
                if (parameter.numel() > 0)
                    torch.nn.init.uniform_(parameter, -bound, bound);
                register_parameter(part, parameter);
            }
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static Linear Linear(long inputSize, long outputSize, bool hasBias = true, Device? device = null, ScalarType? dtype = null) =>
                new Linear(inputSize, outputSize, hasBias).Move(device, dtype);
        }
    }
}
