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
    {
        (Terms, Columns, _panelColumns) = (terms, weight.Length / terms, panelColumns);
        PaddedColumns = (int)RoundUp(Columns, panelColumns);
        _values = new AlignedBuffer((long)PaddedColumns * terms);
        _bias = new AlignedBuffer(PaddedColumns);
        for (var column = 0; column < Columns; column++)
        {
            var target = Panel(column / panelColumns) + column % panelColumns;
            var row = weight.Slice(column * terms, terms);
            for (var term = 0; term < terms; term++)
                target[(nint)term * panelColumns] = row[term] * factor;
        }

        for (var column = 0; column < bias.Length; column++)
            _bias.Pointer[column] = bias[column] * factor;
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

    /// <summary>Rounds a count up to a multiple.</summary>
    public static long RoundUp(long count, long multiple) => (count + multiple - 1) / multiple * multiple;
}
