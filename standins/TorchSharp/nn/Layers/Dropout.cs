#nullable disable
using TorchSharp.Modules;

namespace TorchSharp
{
    namespace Modules
    {
        /// <summary>While training, leaves out elements at random.</summary>
        public sealed class Dropout : torch.nn.Module<torch.Tensor, torch.Tensor>
        {
            private readonly double _p;
            private readonly bool _inplace;

            internal Dropout(double p, bool inplace)
                : base(nameof(Dropout)) => (_p, _inplace) = (p, inplace);

            public override torch.Tensor forward(torch.Tensor tensor) =>
                torch.nn.functional.dropout(tensor, _p, training, _inplace);

            // Nothing to move.
            protected internal override torch.nn.Module _to(torch.Device device, torch.ScalarType dtype, bool non_blocking) => this;

            protected internal override torch.nn.Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking) => this;

            protected internal override torch.nn.Module _to(torch.ScalarType dtype, bool non_blocking) => this;
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static Dropout Dropout(double p = 0.5, bool inplace = false) => new(p, inplace);
        }
    }
}
