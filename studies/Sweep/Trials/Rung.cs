namespace MlNetNtd.Examples.Sweep;

/// <summary>A place on the way where trials wait for each other, and the worse half of them is stopped.</summary>
/// <remarks>
/// All are waited for, so that who is stopped is no matter of which thread is faster. Successive halving: Jamieson and
/// Talwalkar, Non-stochastic Best Arm Identification and Hyperparameter Optimization (arXiv 1502.07943).
/// </remarks>
internal sealed class Rung
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, double> _losses = [];
    private readonly TaskCompletionSource<HashSet<int>> _survivors = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _entrants;
    private readonly Action<Rung, IReadOnlyDictionary<int, double>, IReadOnlySet<int>> _onDecided;

    /// <param name="epoch">Its place.</param>
    /// <param name="entrants">How many will come.</param>
    /// <param name="onDecided">Told once, with all losses and the trials that go on.</param>
    public Rung(int epoch, int entrants, Action<Rung, IReadOnlyDictionary<int, double>, IReadOnlySet<int>> onDecided)
    {
        (Epoch, _entrants, _onDecided) = (epoch, entrants, onDecided);
    }

    /// <summary>After which epoch.</summary>
    public int Epoch { get; }

    /// <summary>How many of so many go on: half of them, rounded up.</summary>
    public static int Survivors(int entrants) => (entrants + 1) / 2;

    /// <summary>Comes here with a loss, and waits for the others.</summary>
    /// <returns>Whether the trial goes on.</returns>
    /// <exception cref="OperationCanceledException">The sweep was stopped.</exception>
    public bool Pass(int trial, double loss, CancellationToken stop)
    {
        bool isLast;
        lock (_lock)
        {
            _losses.Add(trial, loss);
            isLast = _losses.Count == _entrants;
        }

        if (isLast)
        {
            HashSet<int> survivors = [.. _losses.OrderBy(pair => pair.Value).ThenBy(pair => pair.Key).Take(Survivors(_entrants)).Select(pair => pair.Key)];
            _onDecided(this, _losses, survivors);
            _survivors.SetResult(survivors);
        }

        _survivors.Task.Wait(stop);
        return _survivors.Task.Result.Contains(trial);
    }
}
