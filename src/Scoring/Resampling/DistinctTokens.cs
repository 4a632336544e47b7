namespace MlNetNtd;

/// <summary>Tokens of one position, each once, and their scores.</summary>
/// <param name="vocabulary">The number of ids.</param>
internal sealed class DistinctTokens(int vocabulary)
{
    private readonly int[] _ids = new int[vocabulary];
    private readonly float[] _scores = new float[vocabulary];

    // The place of an id among the tokens, from 1; 0 if it is not there.
    private readonly int[] _places = new int[vocabulary];
    private int _count;

    /// <summary>Gets the ids, in the order in which they were added.</summary>
    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, _count);

    /// <summary>Gets the scores of <see cref="Ids"/>, to be written.</summary>
    public Span<float> Scores => _scores.AsSpan(0, _count);

    /// <summary>Removes all tokens.</summary>
    public void Clear()
    {
        foreach (var id in Ids)
            _places[id] = 0;
        _count = 0;
    }

    /// <summary>Adds a token, unless it is there.</summary>
    public void Add(int id)
    {
        if (_places[id] > 0)
            return;
        _ids[_count++] = id;
        _places[id] = _count;
    }

    /// <summary>Gets the score of a token that was added.</summary>
    public float GetScore(int id) => _scores[_places[id] - 1];
}
