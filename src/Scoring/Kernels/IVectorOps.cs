namespace MlNetNtd;

/// <summary>
/// The arithmetic of one vector width. Kernels are generic over it, so that one text serves every width, and the JIT and NativeAOT
/// compile each width by itself.
/// </summary>
/// <typeparam name="TVector">The vector, <see cref="Count"/> values in single precision.</typeparam>
internal unsafe interface IVectorOps<TVector>
    where TVector : struct
{
    /// <summary>Gets the number of values in a vector.</summary>
    static abstract int Count { get; }

    static abstract TVector Broadcast(float value);

    static abstract TVector Load(float* source);

    static abstract void Store(float* destination, TVector value);

    static abstract TVector Add(TVector left, TVector right);

    static abstract TVector Subtract(TVector left, TVector right);

    static abstract TVector Multiply(TVector left, TVector right);

    static abstract TVector Divide(TVector left, TVector right);

    /// <summary>Computes left * right + addend.</summary>
    static abstract TVector MultiplyAdd(TVector left, TVector right, TVector addend);

    /// <summary>Gets the smaller values. Where <paramref name="right"/> is no number, neither is the result.</summary>
    static abstract TVector Min(TVector left, TVector right);

    /// <summary>Gets the larger values. Where <paramref name="right"/> is no number, neither is the result.</summary>
    static abstract TVector Max(TVector left, TVector right);

    /// <summary>Combines bits.</summary>
    static abstract TVector And(TVector left, TVector right);

    /// <summary>Computes value * 2^n where <paramref name="shifted"/> is n + 1.5 * 2^23, whose low bits hold n.</summary>
    static abstract TVector Scale(TVector value, TVector shifted);

    /// <summary>Adds the values of a vector.</summary>
    static abstract float Sum(TVector vector);

    /// <summary>Gets the largest value of a vector.</summary>
    static abstract float Largest(TVector vector);
}
