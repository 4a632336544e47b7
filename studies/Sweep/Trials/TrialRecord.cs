using System.Text.Json.Serialization;

namespace MlNetNtd.Examples.Sweep;

/// <summary>A trial as far as it has come: a line of the file.</summary>
/// <param name="Trial">Its number; 0: the default options.</param>
/// <param name="Options">What it trains with.</param>
/// <param name="Losses">The validation loss after each epoch, in nats.</param>
/// <param name="Ended">Whether the trainer came to its end by itself: all epochs, or no lower loss for as many as its patience.</param>
/// <param name="Failure">Why it came to no end; null: nothing went wrong.</param>
internal sealed record TrialRecord(
    int Trial, NextTokenDiscriminatorTrainer.Options Options, IReadOnlyList<double> Losses, bool Ended, string? Failure = null)
{
    /// <summary>The default options.</summary>
    public const int Default = 0;

    /// <summary>Epochs done.</summary>
    [JsonIgnore]
    public int Epochs => Losses.Count;

    /// <summary>Whether training goes no further, wherever it is stopped.</summary>
    [JsonIgnore]
    public bool IsOver => Ended || Failure is not null;

    /// <summary>Whether it is known how the trial stands after an epoch.</summary>
    public bool Knows(int epoch) => IsOver || Losses.Count >= epoch;

    /// <summary>What it is compared by: the lowest loss up to an epoch, whose weights the trainer keeps; of one that failed, none is low.</summary>
    public double LossAt(int epoch) => Failure is null ? Losses.Take(epoch).Min() : double.PositiveInfinity;

    /// <summary>The lowest loss of all.</summary>
    [JsonIgnore]
    public double Loss => LossAt(int.MaxValue);
}
