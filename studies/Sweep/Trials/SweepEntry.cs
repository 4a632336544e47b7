namespace MlNetNtd.Examples.Sweep;

/// <summary>A line of the file: one of these.</summary>
/// <param name="Sweep">What the trials are of: the first line.</param>
/// <param name="Trial">A trial. A later line of the same one takes its place.</param>
/// <param name="Final">A training of the end.</param>
internal sealed record SweepEntry(SweepHeader? Sweep = null, TrialRecord? Trial = null, FinalRecord? Final = null);

/// <summary>What decides everything in the file.</summary>
/// <param name="Version">Of the file's form.</param>
/// <param name="Trials">How many there are.</param>
/// <param name="Seed">Decides every draw.</param>
/// <param name="Input">The text's file.</param>
/// <param name="InputHash">The text's own hash.</param>
internal sealed record SweepHeader(int Version, int Trials, int Seed, string Input, string InputHash)
{
    public const int CurrentVersion = 1;
}

/// <summary>One training of the end, and what it is worth on the rows that no trial saw.</summary>
/// <param name="Trial">Whose options.</param>
/// <param name="Number">Which of its seeds.</param>
/// <param name="Loss">The lowest validation loss, in nats.</param>
/// <param name="Epochs">After so many epochs it ended.</param>
/// <param name="Auc">On the rows that no trial saw.</param>
internal sealed record FinalRecord(int Trial, int Number, double Loss, int Epochs, double Auc);
