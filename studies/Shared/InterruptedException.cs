namespace MlNetNtd.Examples;

/// <summary>The user stopped the run, and what was reached is saved; the message is the one sentence that says so.</summary>
internal sealed class InterruptedException : Exception
{
    public InterruptedException(string message)
        : base(message)
    {
    }
}
