using MathNet.Numerics.LinearAlgebra;

namespace MlNetNtd.Studies.Realism;

/// <summary>A vector autoregression, fitted by least squares: each step is a linear function of the steps before it, plus noise.</summary>
internal sealed class VectorAutoregression
{
    private readonly Matrix<double> _coefficients;
    private readonly Matrix<double> _residuals;
    private readonly Matrix<double> _precision;

    /// <summary>Fits the model.</summary>
    /// <param name="recordings">Recordings, each of them steps that follow each other.</param>
    /// <param name="lags">The number of steps before a step.</param>
    public VectorAutoregression(IEnumerable<double[][]> recordings, int lags)
    {
        Lags = lags;
        var rows = recordings.SelectMany(steps => Enumerable.Range(lags, steps.Length - lags).Select(step => (Inputs: CreateInputs(steps, step), Output: steps[step]))).ToList();
        var (inputs, outputs) = (Matrix<double>.Build.DenseOfRows(rows.Select(row => row.Inputs)), Matrix<double>.Build.DenseOfRows(rows.Select(row => row.Output)));
        // The normal equations, with a ridge that makes them solvable where a counter never moves.
        var squares = inputs.TransposeThisAndMultiply(inputs);
        _coefficients = (squares + (Matrix<double>.Build.DenseIdentity(squares.RowCount) * 1e-6)).Cholesky().Solve(inputs.TransposeThisAndMultiply(outputs));
        _residuals = outputs - (inputs * _coefficients);
        var covariance = _residuals.TransposeThisAndMultiply(_residuals) / _residuals.RowCount;
        Deviations = [.. covariance.Diagonal().Select(Math.Sqrt)];
        _precision = (covariance + (Matrix<double>.Build.DenseIdentity(covariance.RowCount) * 1e-6)).Inverse();
    }

    /// <summary>Gets the number of steps before a step that the model reads.</summary>
    public int Lags { get; }

    /// <summary>Gets the standard deviation of each value's residual.</summary>
    public IReadOnlyList<double> Deviations { get; }

    /// <summary>Draws steps by the residual bootstrap: each one adds a residual of a fitted step, chosen at random, to what the model expects.</summary>
    /// <param name="beginning">Steps to begin with, at least as many as the model reads. They are not returned.</param>
    /// <param name="count">The number of steps to draw.</param>
    /// <param name="random">Chooses residuals.</param>
    public double[][] Draw(double[][] beginning, int count, Random random)
    {
        var steps = beginning.TakeLast(Lags).ToList();
        while (steps.Count < Lags + count)
        {
            var drawn = Expect(steps, steps.Count) + _residuals.Row(random.Next(_residuals.RowCount));
            steps.Add([.. drawn.Select(CountScale.Round)]);
        }

        return [.. steps.Skip(Lags)];
    }

    /// <summary>Computes the squared Mahalanobis distance of a step from what the model expects.</summary>
    /// <param name="steps">The steps.</param>
    /// <param name="step">The step, with at least as many before it as the model reads.</param>
    public double GetSurprise(double[][] steps, int step)
    {
        var residual = Vector<double>.Build.DenseOfArray(steps[step]) - Expect(steps, step);
        return residual * (_precision * residual);
    }

    private Vector<double> Expect(IReadOnlyList<double[]> steps, int step) => Vector<double>.Build.DenseOfEnumerable(CreateInputs(steps, step)) * _coefficients;

    private IEnumerable<double> CreateInputs(IReadOnlyList<double[]> steps, int step) =>
        Enumerable.Range(1, Lags).SelectMany(lag => steps[step - lag]).Append(1);
}
