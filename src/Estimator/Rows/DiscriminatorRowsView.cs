using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>A view of discriminator rows, which its cursors create from token sequences.</summary>
internal sealed class DiscriminatorRowsView : IDataView
{
    /// <summary>The number of consecutive rows that one cursor of a set reads.</summary>
    public const int BatchRows = 32;

    private readonly bool _includesReal;
    private readonly int _rowsPerWindow;
    private readonly int _seed;

    /// <param name="context">Marks errors.</param>
    /// <param name="windows">The sequences.</param>
    /// <param name="table">The embeddings.</param>
    /// <param name="options">The validated options. They must not change.</param>
    /// <param name="seed">The seed of the generated tokens.</param>
    public DiscriminatorRowsView(IExceptionContext context, SequenceWindows windows, EmbeddingTable table, DiscriminatorRowOptions options, int seed)
    {
        (Context, Windows, Options, _seed) = (context, windows, options, seed);
        Vectors = new TokenVectors(context, table, options.TokenFeatures);
        Candidates = new CandidateDraw(context, windows, Vectors, options.Candidates, options.CurrentColumnName);
        _includesReal = options is { IncludeRealRows: true, CandidatesPerToken: 1 };
        _rowsPerWindow = checked(options.DrawsPerWindow * (_includesReal ? 2 : 1));
        Rows = checked(windows.Count * _rowsPerWindow);
        Schema = CreateSchema(windows.Tokens, Vectors.Dimension, options);
    }

    public DataViewSchema Schema { get; }

    // A shuffled cursor holds the order of all rows in an array.
    public bool CanShuffle => Rows <= Array.MaxLength;

    public IExceptionContext Context { get; }

    public SequenceWindows Windows { get; }

    public TokenVectors Vectors { get; }

    public DiscriminatorRowOptions Options { get; }

    public CandidateDraw Candidates { get; }

    /// <summary>The number of rows.</summary>
    public long Rows { get; }

    public long? GetRowCount() => Rows;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        new DiscriminatorRowsCursor(this, new ActiveColumns(Schema, columnsNeeded), CreateOrder(rand));

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        var active = new ActiveColumns(Schema, columnsNeeded);
        var order = CreateOrder(rand);
        var cursors = (int)Math.Clamp((Rows + BatchRows - 1) / BatchRows, 1, Math.Max(1, n));
        return [.. Enumerable.Range(0, cursors).Select(index => new DiscriminatorRowsCursor(this, active, order, index, cursors))];
    }

    /// <summary>Gets the window of a row.</summary>
    public long GetWindow(long row) => row / _rowsPerWindow;

    /// <summary>Gets whether a row has generated candidates.</summary>
    public bool IsGenerated(long row) => !_includesReal || row % 2 == 1;

    /// <summary>Creates the random number generator of a row. It gives the same numbers each time the row is read.</summary>
    /// <param name="row">The row.</param>
    /// <param name="purpose">The purpose of the numbers. Purposes are independent of each other.</param>
    public Random CreateRandom(long row, int purpose)
    {
        // SplitMix64's finalizer, applied to the seed, the row and the purpose in turn.
        var mixed = Mix(Mix(Mix((uint)_seed) + (ulong)row) + (ulong)purpose);
        return new Random((int)(mixed >> 33));
    }

    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    private int[]? CreateOrder(Random? rand)
    {
        if (rand is null || !CanShuffle)
            return null;
        var order = new int[Rows];
        for (var i = 0; i < order.Length; i++)
            order[i] = i;
        rand.Shuffle(order);
        return order;
    }

    private static DataViewSchema CreateSchema(int? tokens, int dimension, DiscriminatorRowOptions options)
    {
        var builder = new DataViewSchema.Builder();
        var embeddings = new VectorDataViewType(NumberDataViewType.Single, tokens ?? 0, dimension);
        builder.AddColumn(options.PreviousColumnName, embeddings);
        if (options.CandidatesPerToken is > 1 and var candidates)
        {
            builder.AddColumn(options.CurrentColumnName, new VectorDataViewType(NumberDataViewType.Single, tokens ?? 0, candidates, dimension));
            Add(options.TokenLabelColumnName, new VectorDataViewType(BooleanDataViewType.Instance, tokens ?? 0, candidates));
        }
        else
        {
            builder.AddColumn(options.CurrentColumnName, embeddings);
            Add(options.LabelColumnName, BooleanDataViewType.Instance);
            Add(options.TokenLabelColumnName, new VectorDataViewType(BooleanDataViewType.Instance, tokens ?? 0));
        }

        Add(options.GroupColumnName, NumberDataViewType.Int64);
        return builder.ToSchema();

        void Add(string? name, DataViewType type)
        {
            if (!string.IsNullOrEmpty(name))
                builder.AddColumn(name, type);
        }
    }
}
