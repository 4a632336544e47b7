using TorchSharp.Internal;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A tensor on the CPU. This file: its life.</summary>
    public partial class Tensor : IDisposable
    {
        private static long _totalCount;
        private static long _peakCount;

        private TensorImpl? _impl;

        internal Tensor(TensorImpl impl)
        {
            _impl = impl;
            var total = Interlocked.Increment(ref _totalCount);
            _peakCount = Math.Max(total, _peakCount);
            OwningDisposeScope = DisposeScopeManager.ThreadSingleton.Register(this);
        }

        ~Tensor() => Dispose(false);

        /// <summary>Tensor objects that are alive, views and aliases counted one by one.</summary>
        public static long TotalCount => _totalCount;

        public static long PeakCount => _peakCount;

        /// <summary>A name for debugging.</summary>
        public string? name { get; set; }

        /// <summary>True once the tensor is disposed, or its content was moved into a parameter.</summary>
        public bool IsInvalid => _impl is null;

        internal DisposeScope? OwningDisposeScope { get; set; }

        internal TensorImpl Impl => _impl ?? throw new InvalidOperationException(
            "The tensor holds nothing: it was disposed, or moved into a parameter.");

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            if (OwningDisposeScope is { IsDisposed: false } scope)
                scope.MarkAsDisposed(this);
            if (_impl is null)
                return;
            Interlocked.Decrement(ref _totalCount);
            _impl = null;
        }

        /// <summary>Leaves this object empty and gives its content to another; the count of tensors stays.</summary>
        internal TensorImpl MoveImpl()
        {
            var impl = Impl;
            _impl = null;
            return impl;
        }

        public Tensor MoveToOuterDisposeScope()
        {
            OwningDisposeScope?.MoveToOuter(this);
            return this;
        }

        public Tensor DetachFromDisposeScope()
        {
            OwningDisposeScope?.Detach(this);
            return this;
        }

        public Tensor MoveToOtherDisposeScope(Tensor other) => MoveToOtherDisposeScope(other.OwningDisposeScope);

        public Tensor MoveToOtherDisposeScope(DisposeScope? other)
        {
            if (OwningDisposeScope is not null)
                OwningDisposeScope.MoveToOther(other, this);
            else
                other?.Attach(this);
            return this;
        }

        /// <summary>Another object on the same content.</summary>
        public Tensor alias() => new(Impl);

        public override bool Equals(object? obj) => obj is Tensor other && Equals(other);

        public override int GetHashCode() => base.GetHashCode();
    }
}
