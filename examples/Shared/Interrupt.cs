using System.Runtime.InteropServices;

namespace MlNetNtd.Examples;

/// <summary>Turns Ctrl+C into a token that is asked between steps. A second Ctrl+C ends the program at once.</summary>
internal sealed class Interrupt : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration _registration;

    public Interrupt()
    {
        _registration = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            context.Cancel = !_source.IsCancellationRequested;
            _source.Cancel();
        });
    }

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        _registration.Dispose();
        _source.Dispose();
    }
}
