namespace Microsoft.ML.Runtime;

/// <summary>Something that exceptions can be thrown on behalf of. It marks them and says where they come from.</summary>
public interface IExceptionContext
{
    TException Process<TException>(TException ex)
        where TException : Exception;

    string ContextDescription { get; }
}
