namespace TorchSharp;

public static partial class torch
{
    /// <summary>One part of an index expression: an element, a range, an inserted dimension, or another tensor.</summary>
    public struct TensorIndex
    {
#pragma warning disable CA2211 // Writable in the real package too.
        public static TensorIndex Ellipsis = new() { Part = Kind.Ellipsis };
        public static TensorIndex None = new() { Part = Kind.None };
        public static TensorIndex Null = new() { Part = Kind.None };
        public static TensorIndex Colon = Slice();
#pragma warning restore CA2211

        internal enum Kind
        {
            None,
            Single,
            Ellipsis,
            Tensor,
            Slice,
        }

        internal Kind Part { get; private set; }

        /// <summary>Start of a range, or the index itself.</summary>
        internal long? Start { get; private set; }

        internal long? Stop { get; private set; }

        internal long? Step { get; private set; }

        internal Tensor? By { get; private set; }

        public static implicit operator TensorIndex(long value) => Single(value);

        public static implicit operator TensorIndex((int? start, int? end) range) => Slice(range);

        public static implicit operator TensorIndex(Range range) => Slice(range);

        public static implicit operator TensorIndex(Index index) => Single(index.IsFromEnd ? -index.Value : index.Value);

        /// <summary>Never runs: it tells the compiler to prefer an index expression to a tensor.</summary>
        public static implicit operator Tensor(TensorIndex value) => throw new InvalidOperationException();

        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) =>
            new() { Part = Kind.Slice, Start = start, Stop = stop, Step = step };

        public static TensorIndex Slice((int? start, int? end) range) => Slice(range.start, (long?)range.end);

        /// <summary>A C# range; "to the end" is an open end.</summary>
        public static TensorIndex Slice(Range range)
        {
            long start = range.Start.IsFromEnd ? -range.Start.Value : range.Start.Value;
            long? end = !range.End.IsFromEnd ? range.End.Value : range.End.Value == 0 ? null : -range.End.Value;
            return Slice(start, end);
        }

        public static TensorIndex Single(long? index) => new() { Part = Kind.Single, Start = index };

        public static TensorIndex Tensor(Tensor tensor) => new() { Part = Kind.Tensor, By = tensor };
    }
}
