namespace MlNetNtd;

/// <summary>The order in which attention takes the queries of a sequence: time by time, the context's query, then those of the candidates.</summary>
/// <param name="contextAttends">Whether the context's queries attend.</param>
/// <param name="candidates">K, the number of candidates of each token.</param>
internal readonly struct QueryOrder(bool contextAttends, int candidates)
{
    private readonly int _candidates = candidates;
    private readonly int _contexts = contextAttends ? 1 : 0;

    /// <summary>Gets the number of queries of a time.</summary>
    public int PerTime => _contexts + _candidates;

    /// <summary>Gets the time of a query.</summary>
    public int GetTime(int index) => index / PerTime;

    /// <summary>Gets the time of a query and the index of its candidate among those of the sequence; -1 for the context's.</summary>
    /// <param name="index">The index of the query. One beyond the last stands for a query of the last time.</param>
    /// <param name="tokens">T.</param>
    public (int Time, int Candidate) Locate(int index, int tokens)
    {
        var (time, part) = Math.DivRem(index, PerTime);
        time = Math.Min(time, tokens - 1);
        return (time, part < _contexts ? -1 : time * _candidates + part - _contexts);
    }

    /// <summary>Gets the offset of a query's statistics, as <see cref="AttentionForwardKernel"/> writes them.</summary>
    public int GetStatistics(int time, int candidate) => (time * (1 + _candidates) + (candidate < 0 ? 0 : 1 + candidate - time * _candidates)) * 2;
}
