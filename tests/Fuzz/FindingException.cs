namespace MlNetNtd.Fuzz;

/// <summary>A promise that an input broke.</summary>
internal sealed class FindingException(string message, Exception? inner = null) : Exception(message, inner);
