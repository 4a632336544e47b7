using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using static TorchSharp.torch;

namespace MlNetNtd.Benchmarks;

/// <summary>Scores the same batch repeatedly, a call at a time.</summary>
internal interface IServing : IDisposable
{
    /// <summary>Scores the batch and returns the first candidate's logit.</summary>
    float Call();
}

/// <summary>The TorchSharp network on tensors that are there already.</summary>
internal sealed class TorchServing : IServing
{
    private readonly DiscriminatorNetwork _network;
    private readonly Tensor _sequences;

    public TorchServing(NextTokenDiscriminatorScorer scorer, ServingCase one)
    {
        using var scope = NewDisposeScope();
        _network = scorer.CreateNetwork();
        _sequences = empty([one.Rows, 2 * one.Tokens, one.Dimension]).DetachFromDisposeScope();
        MemoryMarshal.AsBytes(one.Draw().AsSpan()).CopyTo(_sequences.bytes);
    }

    public float Call()
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        return _network.forward(_sequences, null)[0, 0].item<float>();
    }

    public void Dispose()
    {
        _sequences.Dispose();
        _network.Dispose();
    }
}

/// <summary>The pool of prediction engines: <c>Predict</c> for one row, <c>PredictBatch</c> for more.</summary>
internal sealed class PoolServing : IServing
{
    private readonly PredictionPool<Row, Prediction> _pool;
    private readonly Row[] _rows;

    public PoolServing(MLContext context, NextTokenDiscriminatorScorer scorer, ServingCase one)
    {
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Combined)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 2 * one.Tokens, one.Dimension);
        _pool = context.CreatePredictionPool<Row, Prediction>(scorer, schema);
        _rows = [.. one.Draw().Chunk(2 * one.Tokens * one.Dimension).Select(values => new Row { Combined = values })];
    }

    public float Call() => (_rows.Length == 1 ? _pool.Predict(_rows[0]) : _pool.PredictBatch(_rows)[0]).TokenScores[0];

    public void Dispose() => _pool.Dispose();

    internal sealed class Row
    {
        public float[] Combined { get; set; } = [];
    }

    internal sealed class Prediction
    {
        public float[] TokenScores { get; set; } = [];
    }
}

/// <summary>ONNX Runtime on the model of <c>SaveAsOnnx</c>, on values that are there already.</summary>
internal sealed class OnnxServing : IServing
{
    private readonly InferenceSession _session;
    private readonly OrtValue _input;
    private readonly RunOptions _run = new();
    private readonly string[] _inputs;
    private readonly string[] _outputs = ["TokenScores"];

    public OnnxServing(NextTokenDiscriminatorScorer scorer, ServingCase one, int threads)
    {
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.onnx");
        try
        {
            scorer.SaveAsOnnx(path);
            using var options = new SessionOptions { IntraOpNumThreads = threads, InterOpNumThreads = 1, GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL };
            _session = new InferenceSession(path, options);
        }
        finally
        {
            File.Delete(path);
        }

        _inputs = [.. _session.InputNames];
        _input = OrtValue.CreateTensorValueFromMemory(one.Draw(), [one.Rows, 2, one.Tokens, one.Dimension]);
    }

    public float Call()
    {
        using var scores = _session.Run(_run, _inputs, [_input], _outputs);
        return scores[0].GetTensorDataAsSpan<float>()[0];
    }

    public void Dispose()
    {
        _input.Dispose();
        _run.Dispose();
        _session.Dispose();
    }
}

/// <summary>The managed scorer on spans.</summary>
internal sealed class ManagedServing : IServing
{
    private readonly TokenScorer _scorer;
    private readonly float[] _combined;
    private readonly float[] _logits;
    private readonly int[] _lengths;

    public ManagedServing(NextTokenDiscriminatorScorer scorer, ServingCase one, int threads)
    {
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.safetensors");
        try
        {
            scorer.SaveWeights(path);
            _scorer = TokenScorer.LoadSafetensors(path, threads: threads);
        }
        finally
        {
            File.Delete(path);
        }

        (_combined, _logits) = (one.Draw(), new float[one.Rows * one.Tokens]);
        _lengths = [.. Enumerable.Repeat(one.Tokens, one.Rows)];
    }

    public float Call()
    {
        _scorer.ScoreCombinedBatch(_combined, _lengths, _logits);
        return _logits[0];
    }

    public void Dispose()
    {
    }
}
