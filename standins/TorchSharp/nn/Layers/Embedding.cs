using TorchSharp.Internal;
using TorchSharp.Modules;

namespace TorchSharp
{
    namespace Modules
    {
        /// <summary>Rows of a table, by index.</summary>
        public sealed class Embedding : torch.nn.Module<torch.Tensor, torch.Tensor>
        {
            private readonly NativeParameter _weight;
            private readonly long? _padding;

            internal Embedding(long rows, long width, long? padding)
                : base("torch::nn::EmbeddingImpl")
            {
                if (padding is { } given && (given < -rows || given >= rows))
                    Fail.Native("padding_idx must be within num_embeddings");
                _padding = padding < 0 ? padding + rows : padding;
                _weight = new NativeParameter(() => _internal_params.TryGetValue(nameof(weight), out var found) ? found : null);
                var table = LayerSetup.NewParameter(rows, width);
                torch.nn.init.normal_(table);
                if (_padding is { } row)
                    CopyKernel.Fill(table.Impl.View([width], [1], row * width), 0);
                register_parameter(nameof(weight), table);
                _ = _weight.Impl;
            }

            public Parameter? weight
            {
                get => _weight.Handle();
                set => ConditionallyRegisterParameter(
                    nameof(weight), value ?? throw new ArgumentNullException(nameof(value), "The weight cannot be set to null."));
            }

            public override torch.Tensor forward(torch.Tensor input)
            {
                var (table, indices) = (_weight.Impl, input.Impl);
                if (indices.DType is not (torch.ScalarType.Int64 or torch.ScalarType.Int32))
                    Fail.Native($"Expected tensor for argument #1 'indices' to have scalar type Long or Int; but got {indices.DType} instead");

                var flat = GradMath.Reshape(indices, [indices.Numel]);
                var rows = Gather.Along(table, 0, flat);
                var result = GradMath.Reshape(rows, [.. indices.Sizes, table.Sizes[1]]);
                return Graph.Result(result, Graph.Records(table) ? new EmbeddingNode(table, indices, _padding) : null);
            }
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static Embedding Embedding(long num_embeddings, long embedding_dims, long? padding_idx = null, double? max_norm = null, double norm_type = 2.0, bool scale_grad_by_freq = false, bool sparse = false, Device? device = null, ScalarType? dtype = null)
            {
                if (max_norm is not null || scale_grad_by_freq || sparse)
                    throw new NotSupportedException("The TorchSharp stand-in has no max_norm, scale_grad_by_freq or sparse embeddings.");
                return new Embedding(num_embeddings, embedding_dims, padding_idx).Move(device, dtype);
            }
        }
    }
}
