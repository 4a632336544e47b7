using System.Collections;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>
/// Predicts lists of rows through one view. Creating it takes milliseconds, because ML.NET compiles the access to the members of the
/// classes; each further list does not.
/// </summary>
internal sealed class BatchPredictor<TRow, TPrediction> : IEnumerable<TRow>
    where TRow : class
    where TPrediction : class, new()
{
    private readonly IExceptionContext _context;
    private readonly IEnumerable<TPrediction> _predictions;
    private IReadOnlyList<TRow> _rows = [];

    /// <summary>Creates the view and its predictions.</summary>
    public BatchPredictor(MLContext context, ITransformer model, SchemaDefinition? rowSchema)
    {
        _context = context;
        var scored = model.Transform(context.Data.LoadFromEnumerable(this, rowSchema));
        _predictions = context.Data.CreateEnumerable<TPrediction>(scored, reuseRowObject: false, ignoreMissingColumns: true);
    }

    /// <summary>Predicts a list of rows.</summary>
    public List<TPrediction> Read(IReadOnlyList<TRow> rows)
    {
        _rows = rows;
        try
        {
            return [.. _predictions];
        }
        finally
        {
            _rows = [];
        }
    }

    /// <summary>Enumerates the rows of the current list.</summary>
    public IEnumerator<TRow> GetEnumerator() => _rows.Select((row, index) => row ?? throw _context.MissingRow(index)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
