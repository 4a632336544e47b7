using static TorchSharp.torch;

namespace TorchSharp.Internal;

/// <summary>x * weight^T + bias, over all leading dimensions of x.</summary>
internal static class LinearKernel
{
    public static Tensor Run(TensorImpl input, TensorImpl weight, TensorImpl? bias)
    {
        if (input.DType != weight.DType || (bias is not null && bias.DType != weight.DType))
            Fail.Native($"expected scalar types to agree, but got input {input.DType}, weight {weight.DType}, bias {bias?.DType}");

        var product = MatMulKernel.Run(input, weight.Rank == 2 ? MatMulKernel.Transposed(weight) : weight);
        if (bias is not null)
        {
            if (!Shapes.Broadcast(product.Sizes, bias.Sizes).AsSpan().SequenceEqual(product.Sizes))
                Fail.Native($"a bias of shape {Fail.Show(bias.Sizes)} does not fit results of shape {Fail.Show(product.Sizes)}");
            BinaryKernel.RunInto(BinaryOp.Add, product, bias, product);
        }

        return Graph.Result(product, Graph.Records(input, weight, bias) ? new LinearNode(input, weight, bias) : null);
    }
}
