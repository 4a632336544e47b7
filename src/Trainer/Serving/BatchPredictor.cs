using System.Collections;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>
/// A view of whatever rows it is given last, and the predictions on it. To make one takes milliseconds, because ML.NET
/// compiles how members are read and written; to read one anew does not.
/// </summary>
internal sealed class BatchPredictor<TRow, TPrediction> : IEnumerable<TRow>
    where TRow : class
    where TPrediction : class, new()
{
    private readonly IExceptionContext _context;
    private readonly IEnumerable<TPrediction> _predictions;
    private IReadOnlyList<TRow> _rows = [];

    public BatchPredictor(MLContext context, ITransformer model, SchemaDefinition? rowSchema)
    {
        _context = context;
        var scored = model.Transform(context.Data.LoadFromEnumerable(this, rowSchema));
        _predictions = context.Data.CreateEnumerable<TPrediction>(scored, reuseRowObject: false, ignoreMissingColumns: true);
    }

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

    public IEnumerator<TRow> GetEnumerator() => _rows.Select((row, place) => row ?? throw _context.MissingRow(place)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
