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
            var (view, places) = IndexExpression.Split(impl, indices);
            var toView = Graph.Records(impl) ? new WindowNode(impl, view) : null;
            if (places is null)
                return Graph.Result(view, toView);
            if (toView is not null)
                view.GradFn = toView;
            return Graph.Result(places.Read(), toView is null ? null : new IndexNode(view, places));
        }

        public Tensor index(params Tensor[] indices) => index(Array.ConvertAll(indices, TensorIndex.Tensor));

        public Tensor index_put_(Tensor value, params TensorIndex[] indices) => Put(value.Impl, indices);

        public Tensor index_put_(Scalar value, params TensorIndex[] indices) => Put(Whole(value, Impl.DType), indices);

        /// <summary>Copies the given places along one dimension.</summary>
        public Tensor index_select(long dim, Tensor index)
        {
            var (impl, places) = (Impl, index.Impl);
            if (places.DType is not (ScalarType.Int64 or ScalarType.Int32))
                Fail.Native("index_select(): Expected dtype int32 or int64 for index");
            if (places.Rank > 1)
                Fail.Native("index_select(): Index is supposed to be a vector");
            var d = Shapes.Dim(dim, impl.Rank);
            return Graph.Result(
                Internal.Gather.Along(impl, d, places), Graph.Records(impl) ? new SelectPlacesNode(impl, d, places, IndexKernel.AddPlaces) : null);
        }

        /// <summary>Picks single elements along one dimension: the result has the index's shape.</summary>
        public Tensor gather(long dim, Tensor index)
        {
            var (impl, places) = (Impl, index.Impl);
            if (places.DType != ScalarType.Int64)
                Fail.Native("gather(): Expected dtype int64 for index");
            if (Math.Max(places.Rank, 1) != Math.Max(impl.Rank, 1))
                Fail.Native("Index tensor must have the same number of dimensions as input tensor");
            var d = Shapes.Dim(dim, impl.Rank);
            for (var i = 0; i < places.Rank && i < impl.Rank; i++)
            {
                if (i != d && places.Sizes[i] > impl.Sizes[i])
                {
                    Fail.Native($"Size does not match at dimension {i} expected index {Fail.Show(places.Sizes)} to be " +
                        $"smaller than self {Fail.Show(impl.Sizes)} apart from dimension {d}");
                }
            }

            return Graph.Result(
                IndexKernel.Gather(impl, d, places), Graph.Records(impl) ? new SelectPlacesNode(impl, d, places, IndexKernel.ScatterAdd) : null);
        }

        /// <summary>Writes into the view that the index expression gives, which changes this tensor with it.</summary>
        private Tensor Put(TensorImpl value, TensorIndex[] indices)
        {
            var impl = Impl;
            Graph.CheckInPlace(impl, value);
            var (view, places) = IndexExpression.Split(impl, indices);
            var records = Graph.Records(impl, value);
            if (records && impl.RequiresGrad)
                view.GradFn = new WindowNode(impl, view);

            Node? node = null;
            if (places is null)
            {
                if (records)
                    node = new OverwriteNode(view, value);
                CopyKernel.Copy(IndexExpression.StretchTo(view.Sizes, value), view);
            }
            else
            {
                if (records)
                    node = new IndexPutNode(view, value, places);
                places.Write(value);
            }

            Graph.Changed(view, node);
            return this;
        }
    }
}
