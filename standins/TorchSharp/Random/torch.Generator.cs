using TorchSharp.Internal;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A source of random numbers.</summary>
    public class Generator : IDisposable
    {
        private static readonly RandomState DefaultState = new((ulong)Random.Shared.NextInt64());

        private Generator(RandomState state)
        {
            State = state;
            device = CPU;
        }

        public Generator(ulong seed = 0, Device? device = null)
        {
            State = new RandomState(seed);
            this.device = device ?? CPU;
        }

        public static Generator Default { get; } = new(DefaultState);

        public Device device { get; private set; }

        internal RandomState State { get; }

        public Generator manual_seed(long seed)
        {
            State.Seed((ulong)seed);
            return this;
        }

        public long seed()
        {
            var seed = DateTime.UtcNow.Ticks;
            manual_seed(seed);
            return seed;
        }

        public long initial_seed() => (long)State.Engine.Seed;

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
        }
    }
}
