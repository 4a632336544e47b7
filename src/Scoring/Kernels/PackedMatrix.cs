namespace MlNetNtd;

/// <summary>A matrix of weights in the order in which tiles read it, with the bias of its columns.</summary>
/// <remarks>
/// The columns are divided into panels of one tile's width. A panel has its columns' values term by term, so that a product reads
/// it from one end to the other. Columns beyond the last are 0.
/// </remarks>
internal sealed unsafe class PackedMatrix
{
    private readonly AlignedBuffer _values;
    private readonly AlignedBuffer _bias;
    private readonly int _panelColumns;

    /// <summary>Packs the transposed rows of a PyTorch weight, whose linear layer computes x weight^T + bias.</summary>
    /// <param name="weight">The weight, (columns, terms), row-major.</param>
    /// <param name="bias">The bias, one value per column; empty: none.</param>
    /// <param name="terms">The number of terms.</param>
    /// <param name="panelColumns">The width of a panel.</param>
    /// <param name="factor">A factor of all values.</param>
    public PackedMatrix(ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, int terms, int panelColumns, float factor = 1)
        : this(terms, weight.Length / terms, panelColumns)
    {
        SetColumns(0, weight, factor);
        SetBias(0, bias, factor);
    }

    /// <summary>Creates a matrix of zeros.</summary>
    /// <param name="terms">The number of terms.</param>
    /// <param name="columns">The number of columns.</param>
    /// <param name="panelColumns">The width of a panel.</param>
    public PackedMatrix(int terms, int columns, int panelColumns)
    {
        (Terms, Columns, _panelColumns) = (terms, columns, panelColumns);
        PaddedColumns = (int)RoundUp(columns, panelColumns);
        _values = new AlignedBuffer((long)PaddedColumns * terms);
        _bias = new AlignedBuffer(PaddedColumns);
    }

    /// <summary>Gets the number of terms of each product.</summary>
    public int Terms { get; }

    /// <summary>Gets the number of columns.</summary>
    public int Columns { get; }

    /// <summary>Gets the number of columns, rounded up to full panels.</summary>
    public int PaddedColumns { get; }

    /// <summary>Gets the number of panels.</summary>
    public int Panels => PaddedColumns / _panelColumns;

    /// <summary>Gets the bias, one value per padded column.</summary>
    public float* Bias => _bias.Pointer;

    /// <summary>Gets a panel.</summary>
    public float* Panel(int index) => _values.Pointer + (nint)index * _panelColumns * Terms;

    /// <summary>Packs the rows of a weight as columns: the product is x weight^T.</summary>
    /// <param name="first">The first column.</param>
    /// <param name="weight">The weight, (columns, <see cref="Terms"/>), row-major.</param>
    /// <param name="factor">A factor of all values.</param>
    public void SetColumns(int first, ReadOnlySpan<float> weight, float factor = 1)
    {
        var count = weight.Length / Terms;
        for (var i = 0; i < count; i++)
        {
            var column = first + i;
            var target = Panel(column / _panelColumns) + column % _panelColumns;
            var row = weight.Slice(i * Terms, Terms);
            for (var term = 0; term < row.Length; term++)
                target[(nint)term * _panelColumns] = row[term] * factor;
        }
    }

    /// <summary>Packs the rows of a weight as terms: the product is x weight.</summary>
    /// <param name="first">The first term.</param>
    /// <param name="weight">The weight, (terms, <see cref="Columns"/>), row-major.</param>
    public void SetTerms(int first, ReadOnlySpan<float> weight)
    {
        var count = weight.Length / Columns;
        for (var column = 0; column < Columns; column += _panelColumns)
        {
            var width = Math.Min(_panelColumns, Columns - column);
            var target = Panel(column / _panelColumns) + (nint)first * _panelColumns;
            for (var i = 0; i < count; i++)
                weight.Slice(i * Columns + column, width).CopyTo(new Span<float>(target + (nint)i * _panelColumns, width));
        }
    }

    /// <summary>Sets the bias of some columns.</summary>
    /// <param name="first">The first column.</param>
    /// <param name="bias">One value per column.</param>
    /// <param name="factor">A factor of all values.</param>
    public void SetBias(int first, ReadOnlySpan<float> bias, float factor = 1)
    {
        for (var i = 0; i < bias.Length; i++)
            _bias.Pointer[first + i] = bias[i] * factor;
    }

    /// <summary>Rounds a count up to a multiple.</summary>
    public static long RoundUp(long count, long multiple) => (count + multiple - 1) / multiple * multiple;
}
