using System.Runtime.CompilerServices;
using TorchSharp.Internal;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Index expressions. Elements, ranges and inserted dimensions give views; tensors give copies.</summary>
    public partial class Tensor
    {
        [IndexerName("TensorItems")]
        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[params Tensor[] indices]
        {
            get => index(indices);
            set => index_put_(value, Array.ConvertAll(indices, TensorIndex.Tensor));
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1]
        {
            get => select(0, i1);
            set => index_put_(value, TensorIndex.Single(i1));
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2]
        {
            get => index(i1, i2);
            set => index_put_(value, i1, i2);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3]
        {
            get => index(i1, i2, i3);
            set => index_put_(value, i1, i2, i3);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4]
        {
            get => index(i1, i2, i3, i4);
            set => index_put_(value, i1, i2, i3, i4);
        }

        public Tensor index(params TensorIndex[] indices)
        {
            var impl = Impl;
            return Graph.Result(IndexExpression.Read(impl, indices), impl);
        }

        public Tensor index(params Tensor[] indices) => index(Array.ConvertAll(indices, TensorIndex.Tensor));

        public Tensor index_put_(Tensor value, params TensorIndex[] indices)
        {
            var (impl, source) = (Impl, value.Impl);
            Graph.CheckInPlace(impl);
            IndexExpression.Write(impl, indices, source);
            Graph.Changed(impl, source);
            return this;
        }

        public Tensor index_put_(Scalar value, params TensorIndex[] indices)
        {
            var impl = Impl;
            Graph.CheckInPlace(impl);
            var element = TensorImpl.Create(impl.DType, []);
            CopyKernel.Fill(element, value);
            IndexExpression.Write(impl, indices, element);
            return this;
        }

        /// <summary>Copies the given places along one dimension.</summary>
        public Tensor index_select(long dim, Tensor index)
        {
            var (impl, places) = (Impl, index.Impl);
            if (places.DType is not (ScalarType.Int64 or ScalarType.Int32))
                Fail.Native("index_select(): Expected dtype int32 or int64 for index");
            if (places.Rank > 1)
                Fail.Native("index_select(): Index is supposed to be a vector");
            return Graph.Result(Gather.Along(impl, Shapes.Dim(dim, impl.Rank), places), impl);
        }
    }
}
