namespace TorchSharp;

public static partial class torch
{
    /// <summary>Seeds the generator that all threads share.</summary>
    public static Generator manual_seed(long seed) => random.manual_seed(seed);

    public static long initial_seed() => random.initial_seed();

    public static partial class random
    {
        public static Generator manual_seed(long seed) => Generator.Default.manual_seed(seed);

        public static long initial_seed() => Generator.Default.initial_seed();
    }
}
