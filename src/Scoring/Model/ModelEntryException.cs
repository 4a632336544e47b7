namespace MlNetNtd;

/// <summary>The exception for a malformed entry of a model zip. Its catcher adds the file or the ML.NET component.</summary>
internal sealed class ModelEntryException(string problem, Exception? inner = null) : Exception(problem, inner);
