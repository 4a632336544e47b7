using Microsoft.ML.Data;

namespace MlNetNtd;

/// <summary>The current row of a cursor. Each part is computed once, when it is first read.</summary>
internal sealed class DiscriminatorRow(DiscriminatorRowsView view)
{
    private const int PositionsPurpose = 1;
    private const int CandidatesPurpose = 2;
    private const int PlacesPurpose = 3;

    private (int Sequence, int First, int Tokens) _window;
    private int[] _tokens = [];
    private bool[] _isGenerated = [];
    private float[] _candidates = [];
    private bool _hasTokens;
    private bool _hasPositions;
    private bool _hasCandidates;

    // With several candidates: the place of the real token among each token's candidates; K where all are drawn.
    private int[] _places = [];

    /// <summary>The row's number, from 0.</summary>
    public long Number { get; private set; }

    private int Dimension => view.Vectors.Dimension;

    private int Candidates => view.Options.CandidatesPerToken;

    private bool IsGenerated => view.IsGenerated(Number);

    public void MoveTo(long number)
    {
        Number = number;
        _window = view.Windows.Find(view.GetWindow(number));
        (_hasTokens, _hasPositions, _hasCandidates) = (false, false, false);
    }

    public void GetPrevious(ref VBuffer<float> value) => GetReal(view.Options.PreviousColumnName, ref value);

    public void GetCurrent(ref VBuffer<float> value)
    {
        if (Candidates > 1)
        {
            GetSeveral(ref value);
            return;
        }

        if (!IsGenerated)
        {
            GetReal(view.Options.CurrentColumnName, ref value);
            return;
        }

        ReadCandidates();
        var editor = VBufferEditor.Create(ref value, _tokens.Length * Dimension);
        for (var t = 0; t < _tokens.Length; t++)
        {
            if (_isGenerated[t])
                _candidates.AsSpan(t * Dimension, Dimension).CopyTo(editor.Values[(t * Dimension)..]);
            else
                WriteToken(view.Options.CurrentColumnName, t, editor.Values);
        }

        value = editor.Commit();
    }

    public void GetLabel(ref bool value) => value = !IsGenerated;

    public void GetTokenLabels(ref VBuffer<bool> value)
    {
        if (Candidates > 1)
        {
            GetLabelsOfSeveral(ref value);
            return;
        }

        var editor = VBufferEditor.Create(ref value, _window.Tokens);
        editor.Values.Fill(true);
        if (IsGenerated)
        {
            DrawPositions();
            for (var t = 0; t < _window.Tokens; t++)
                editor.Values[t] = !_isGenerated[t];
        }

        value = editor.Commit();
    }

    public void GetGroup(ref long value) => value = _window.Sequence;

    private void GetReal(string column, ref VBuffer<float> value)
    {
        ReadTokens();
        var editor = VBufferEditor.Create(ref value, _tokens.Length * Dimension);
        for (var t = 0; t < _tokens.Length; t++)
            WriteToken(column, t, editor.Values);
        value = editor.Commit();
    }

    private void WriteToken(string column, int position, Span<float> values) =>
        view.Vectors.Write(column, Number, _tokens, position, _tokens[position], values[(position * Dimension)..]);

    // (T, K, C). Each draw gives a candidate for every token.
    private void GetSeveral(ref VBuffer<float> value)
    {
        ReadTokens();
        DrawPlaces();
        var draws = view.Options.IncludeRealRows ? Candidates - 1 : Candidates;
        var length = _tokens.Length * Dimension;
        if (_candidates.Length != draws * length)
            _candidates = new float[draws * length];
        if (!_hasCandidates)
        {
            var random = view.CreateRandom(Number, CandidatesPurpose);
            for (var draw = 0; draw < draws; draw++)
                view.Candidates.Fill(Number, _window, _tokens, random, _candidates.AsSpan(draw * length, length));
        }

        _hasCandidates = true;
        var editor = VBufferEditor.Create(ref value, Candidates * length);
        for (var t = 0; t < _tokens.Length; t++)
        {
            for (var k = 0; k < Candidates; k++)
            {
                var destination = editor.Values[((t * Candidates + k) * Dimension)..];
                if (k == _places[t])
                    view.Vectors.Write(view.Options.CurrentColumnName, Number, _tokens, t, _tokens[t], destination);
                else
                    _candidates.AsSpan((k < _places[t] ? k : k - 1) * length + t * Dimension, Dimension).CopyTo(destination);
            }
        }

        value = editor.Commit();
    }

    private void GetLabelsOfSeveral(ref VBuffer<bool> value)
    {
        DrawPlaces();
        var editor = VBufferEditor.Create(ref value, Candidates * _window.Tokens);
        for (var i = 0; i < editor.Values.Length; i++)
            editor.Values[i] = i % Candidates == _places[i / Candidates];
        value = editor.Commit();
    }

    private void DrawPlaces()
    {
        if (_hasPositions)
            return;
        if (_places.Length != _window.Tokens)
            _places = new int[_window.Tokens];
        var random = view.CreateRandom(Number, PlacesPurpose);
        foreach (ref var place in _places.AsSpan())
            place = view.Options.IncludeRealRows ? random.Next(Candidates) : Candidates;
        _hasPositions = true;
    }

    private void ReadTokens()
    {
        if (_hasTokens)
            return;
        if (_tokens.Length != _window.Tokens)
            _tokens = new int[_window.Tokens];
        view.Windows.Copy(_window.Sequence, _window.First, _tokens);
        _hasTokens = true;
    }

    // Draws a fixed number of generated positions. Every choice of positions has the same probability.
    private void DrawPositions()
    {
        if (_hasPositions)
            return;
        if (_isGenerated.Length != _window.Tokens)
            _isGenerated = new bool[_window.Tokens];
        var left = Math.Max(1, (int)Math.Round(view.Options.GeneratedFraction * _window.Tokens));
        if (left == _window.Tokens)
        {
            Array.Fill(_isGenerated, true);
        }
        else
        {
            var random = view.CreateRandom(Number, PositionsPurpose);
            for (var t = 0; t < _window.Tokens; t++)
            {
                _isGenerated[t] = random.Next(_window.Tokens - t) < left;
                left -= _isGenerated[t] ? 1 : 0;
            }
        }

        _hasPositions = true;
    }

    private void ReadCandidates()
    {
        ReadTokens();
        DrawPositions();
        if (_hasCandidates)
            return;
        if (_candidates.Length != _tokens.Length * Dimension)
            _candidates = new float[_tokens.Length * Dimension];
        view.Candidates.Fill(Number, _window, _tokens, view.CreateRandom(Number, CandidatesPurpose), _candidates);
        _hasCandidates = true;
    }
}
