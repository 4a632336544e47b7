namespace MlNetNtd.Studies.Imitation;

/// <summary>What a learner of one seed has come to.</summary>
/// <param name="Name">The learner's name.</param>
/// <param name="Trial">Its evaluation.</param>
/// <param name="Seconds">Processor time of its training; NaN for experts.</param>
internal sealed record LearnerResult(string Name, Trial Trial, double Seconds);
