using System.Collections.Concurrent;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd;

/// <summary>
/// Predictions for many threads at once, as a service makes them: a prediction engine serves one thread, this one any
/// number.
/// </summary>
/// <remarks>
/// <para>
/// <see cref="Predict"/> takes a prediction engine out of the pool and puts it back; there come to be as many as threads
/// were ever at it together. An engine costs the buffers of one row; the network is the model's, and is there once.
/// </para>
/// <para>
/// <see cref="PredictBatch"/> reads a list as one view, so that a scorer takes its <c>BatchSize</c> rows per forward:
/// many rows that come together are cheaper so than one by one.
/// </para>
/// <para>It is made by <c>mlContext.CreatePredictionPool</c>. The model stays the caller's.</para>
/// </remarks>
/// <typeparam name="TRow">The class of the input rows.</typeparam>
/// <typeparam name="TPrediction">The class of the predictions: the columns to read, by the names of its members.</typeparam>
public sealed class PredictionPool<TRow, TPrediction> : IDisposable
    where TRow : class
    where TPrediction : class, new()
{
    private readonly MLContext _context;
    private readonly ITransformer _model;
    private readonly SchemaDefinition? _rowSchema;
    private readonly ConcurrentBag<PredictionEngine<TRow, TPrediction>> _engines = [];
    private readonly ConcurrentBag<BatchPredictor<TRow, TPrediction>> _readings = [];
    private volatile bool _disposed;

    /// <summary>Makes the pool, with one engine in it, so that what does not fit the model shows now.</summary>
    /// <param name="context">The context.</param>
    /// <param name="model">A fitted or loaded model. It stays the caller's, and has to outlive the pool.</param>
    /// <param name="rowSchema">The types of the input columns where the class does not say them; null: the class does.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rows lack a column, or it is of the wrong type or size.</exception>
    public PredictionPool(MLContext context, ITransformer model, SchemaDefinition? rowSchema = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(model);
        (_context, _model, _rowSchema) = (context, model, rowSchema);
        _engines.Add(CreateEngine());
    }

    /// <summary>The prediction of one row: one forward of one row.</summary>
    /// <exception cref="InvalidRowException">The row does not hold what its columns promise. It is row 0, however many came before.</exception>
    /// <exception cref="ObjectDisposedException">The pool is disposed.</exception>
    public TPrediction Predict(TRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        ObjectDisposedException.ThrowIf(_disposed, this);
        var engine = _engines.TryTake(out var found) ? found : CreateEngine();
        try
        {
            return engine.Predict(row);
        }
        catch (InvalidRowException error)
        {
            // The engine counts the rows of all callers.
            error.Row = 0;
            throw;
        }
        finally
        {
            Return(engine, _engines);
        }
    }

    /// <summary>The predictions of many rows, in their order: a forward for each <c>BatchSize</c> rows of the scorer.</summary>
    /// <exception cref="InvalidRowException">
    /// A row is null, or does not hold what its columns promise; <see cref="InvalidRowException.Row"/> is its place in the list. None is
    /// predicted then.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The pool is disposed.</exception>
    public IReadOnlyList<TPrediction> PredictBatch(IReadOnlyList<TRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!_readings.TryTake(out var reading))
            reading = new BatchPredictor<TRow, TPrediction>(_context, _model, _rowSchema);
        var predictions = reading.Read(rows);
        _readings.Add(reading);
        return predictions;
    }

    /// <summary>Frees the engines. The model stays as it is.</summary>
    public void Dispose()
    {
        _disposed = true;
        while (_engines.TryTake(out var engine))
            engine.Dispose();
        _readings.Clear();
    }

    // An engine that owned the model would free it for all others.
    private PredictionEngine<TRow, TPrediction> CreateEngine() => _context.Model.CreatePredictionEngine<TRow, TPrediction>(
        _model, new PredictionEngineOptions { InputSchemaDefinition = _rowSchema, OwnsTransformer = false });

    // Whoever was predicting while the pool was disposed frees its own.
    private void Return(PredictionEngine<TRow, TPrediction> engine, ConcurrentBag<PredictionEngine<TRow, TPrediction>> engines)
    {
        engines.Add(engine);
        if (_disposed && engines.TryTake(out var left))
            left.Dispose();
    }
}
