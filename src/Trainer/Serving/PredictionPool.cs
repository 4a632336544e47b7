using System.Collections.Concurrent;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd;

/// <summary>
/// A thread-safe pool of prediction engines, for services. A single prediction engine is for one thread only.
/// </summary>
/// <remarks>
/// <para>
/// <see cref="Predict"/> takes a prediction engine out of the pool and puts it back, so the pool has as many engines as threads ever
/// predicted at the same time. An engine needs buffers for one row; all engines share the model's network.
/// </para>
/// <para>
/// <see cref="PredictBatch"/> reads a list as one view, so that a scorer runs the network once for <c>BatchSize</c> rows, which is faster
/// than one row at a time.
/// </para>
/// <para><c>mlContext.CreatePredictionPool</c> creates it. The pool does not own the model.</para>
/// </remarks>
/// <typeparam name="TRow">The class of the input rows.</typeparam>
/// <typeparam name="TPrediction">The class of the predictions. Its members name the columns to read.</typeparam>
public sealed class PredictionPool<TRow, TPrediction> : IDisposable
    where TRow : class
    where TPrediction : class, new()
{
    private readonly MLContext _context;
    private readonly ITransformer _model;
    private readonly SchemaDefinition? _rowSchema;
    private readonly ConcurrentBag<PredictionEngine<TRow, TPrediction>> _engines = [];
    private readonly ConcurrentBag<BatchPredictor<TRow, TPrediction>> _predictors = [];
    private volatile bool _disposed;

    /// <summary>Initializes the pool with one engine, so that classes that do not fit the model are errors here.</summary>
    /// <param name="context">The context.</param>
    /// <param name="model">A fitted or loaded model. The pool does not dispose it, and it must outlive the pool.</param>
    /// <param name="rowSchema">The types of the input columns; null: from the members of <typeparamref name="TRow"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing from the rows, or has the wrong type or size.</exception>
    public PredictionPool(MLContext context, ITransformer model, SchemaDefinition? rowSchema = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(model);
        (_context, _model, _rowSchema) = (context, model, rowSchema);
        _engines.Add(CreateEngine());
    }

    /// <summary>Predicts one row.</summary>
    /// <param name="row">The row.</param>
    /// <exception cref="InvalidRowException">The row does not hold what its columns promise. <see cref="InvalidRowException.Row"/> is 0.</exception>
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
            // The engine counts the rows of all callers, which means nothing to this one.
            error.Row = 0;
            throw;
        }
        finally
        {
            Return(engine, _engines);
        }
    }

    /// <summary>Predicts a list of rows, in batches of the scorer's <c>BatchSize</c> rows.</summary>
    /// <param name="rows">The rows.</param>
    /// <returns>The predictions in the order of the rows.</returns>
    /// <exception cref="InvalidRowException">
    /// A row is null, or does not hold what its columns promise; <see cref="InvalidRowException.Row"/> is its index in the list. No
    /// prediction is returned.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The pool is disposed.</exception>
    public IReadOnlyList<TPrediction> PredictBatch(IReadOnlyList<TRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!_predictors.TryTake(out var predictor))
            predictor = new BatchPredictor<TRow, TPrediction>(_context, _model, _rowSchema);
        var predictions = predictor.Read(rows);
        _predictors.Add(predictor);
        return predictions;
    }

    /// <summary>Frees the engines. The model is not disposed.</summary>
    public void Dispose()
    {
        _disposed = true;
        while (_engines.TryTake(out var engine))
            engine.Dispose();
        _predictors.Clear();
    }

    // An engine that owned the model would dispose it for all others.
    private PredictionEngine<TRow, TPrediction> CreateEngine() => _context.Model.CreatePredictionEngine<TRow, TPrediction>(
        _model, new PredictionEngineOptions { InputSchemaDefinition = _rowSchema, OwnsTransformer = false });

    // A thread that predicts while the pool is disposed frees an engine itself.
    private void Return(PredictionEngine<TRow, TPrediction> engine, ConcurrentBag<PredictionEngine<TRow, TPrediction>> engines)
    {
        engines.Add(engine);
        if (_disposed && engines.TryTake(out var remaining))
            remaining.Dispose();
    }
}
