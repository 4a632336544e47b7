using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Estimators one after another: each is fitted on what those before it make of the data.</summary>
public sealed class EstimatorChain<TLastTransformer> : IEstimator<TransformerChain<TLastTransformer>>
    where TLastTransformer : class, ITransformer
{
    private readonly IHostEnvironment _host;
    private readonly EstimatorLink[] _links;

    public readonly IEstimator<TLastTransformer> LastEstimator;

    public EstimatorChain()
        => _links = [];

    internal EstimatorChain(IHostEnvironment host, EstimatorLink[] links)
    {
        _host = host;
        _links = links;
        LastEstimator = links[^1].Estimator as IEstimator<TLastTransformer>;
    }

    /// <summary>Fits all. The schema is checked through to the end before the first one starts.</summary>
    public TransformerChain<TLastTransformer> Fit(IDataView input)
    {
        GetOutputSchema(SchemaShape.Create(input.Schema));

        var fitted = new ITransformer[_links.Length];
        IDataView current = input;
        for (int i = 0; i < _links.Length; i++)
        {
            fitted[i] = _links[i].Estimator.Fit(current);
            current = fitted[i].Transform(current);
            if (_links[i].CacheAfter && i + 1 < _links.Length)
                current = new CacheDataView(_host, current, []);
        }

        return new TransformerChain<TLastTransformer>(fitted, _links.Select(link => link.Scope));
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
        => _links.Aggregate(inputSchema, (shape, link) => link.Estimator.GetOutputSchema(shape));

    public EstimatorChain<TNewTrans> Append<TNewTrans>(
        IEstimator<TNewTrans> estimator, TransformerScope scope = TransformerScope.Everything)
        where TNewTrans : class, ITransformer
    {
        Contracts.CheckValue(estimator, nameof(estimator));
        return new EstimatorChain<TNewTrans>(_host, [.. _links, new EstimatorLink(estimator, scope, CacheAfter: false)]);
    }

    /// <summary>Has the data cached in memory behind the last estimator, for those still to be appended.</summary>
    public EstimatorChain<TLastTransformer> AppendCacheCheckpoint(IHostEnvironment env)
    {
        Contracts.CheckValue(env, nameof(env));
        if (_links.Length == 0)
            throw new InvalidOperationException("Current estimator chain has no estimator, can't append cache checkpoint.");
        if (_links[^1].CacheAfter)
            return this;

        return new EstimatorChain<TLastTransformer>(
            env.Register("EstimatorChain"), [.. _links[..^1], _links[^1] with { CacheAfter = true }]);
    }
}

/// <summary>One place in a chain of estimators.</summary>
internal readonly record struct EstimatorLink(IEstimator<ITransformer> Estimator, TransformerScope Scope, bool CacheAfter);
