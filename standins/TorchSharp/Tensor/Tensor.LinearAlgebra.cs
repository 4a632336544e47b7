#nullable disable
using TorchSharp.Internal;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Products, and what else the real package declares without nullable annotations.</summary>
    public partial class Tensor
    {
        public Tensor matmul(Tensor target)
        {
            var (a, b) = (Impl, target.Impl);
            return Graph.Result(MatMulKernel.Run(a, b), Graph.Records(a, b) ? new MatMulNode(a, b) : null);
        }

        public Tensor mm(Tensor target) => OfRank(2, target);

        public Tensor tanh() => Real(UnaryOp.Tanh);
    }
}
