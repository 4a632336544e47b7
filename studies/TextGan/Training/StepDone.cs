namespace MlNetNtd.Examples.TextGan;

/// <summary>Told of a step when it is done.</summary>
/// <param name="now">What the phase knows now: asked only where it is to be saved.</param>
/// <returns>False: the phase is to stop.</returns>
internal delegate bool StepDone(Func<UnderWay> now);
