namespace MlNetNtd;

/// <summary>The queries, keys and values of one head of one sequence: T rows of the context, T * K of the candidates.</summary>
internal unsafe struct AttentionHead
{
    /// <summary>The context's queries, scaled; not read if they do not attend.</summary>
    public float* ContextQuery;

    /// <summary>The context's keys.</summary>
    public float* ContextKey;

    /// <summary>The context's values.</summary>
    public float* ContextValue;

    /// <summary>The distance from one of the context's queries, keys or values to the next.</summary>
    public nint ContextStride;

    /// <summary>The candidates' queries, scaled.</summary>
    public float* Query;

    /// <summary>The candidates' keys.</summary>
    public float* Key;

    /// <summary>The candidates' values.</summary>
    public float* Value;

    /// <summary>The distance from one of the candidates' queries, keys or values to the next.</summary>
    public nint Stride;
}
