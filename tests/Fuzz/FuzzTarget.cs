namespace MlNetNtd.Fuzz;

/// <summary>A reader under attack.</summary>
internal abstract class FuzzTarget
{
    /// <summary>Its name on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>Inputs that are as they should be.</summary>
    public abstract IReadOnlyList<byte[]> Corpus { get; }

    /// <summary>Words of the format.</summary>
    public abstract IReadOnlyList<byte[]> Dictionary { get; }

    /// <summary>
    /// An input made from one of the corpus. A format that has sizes, places and checksums gets right ones most of the time:
    /// else no change comes further than the first check.
    /// </summary>
    public virtual byte[] Mutate(Mutator mutator) => mutator.Bytes(mutator.Pick(Corpus));

    /// <summary>Reads an input. What passes is written again and read again: it has to come out the same.</summary>
    /// <exception cref="FindingException">It does not.</exception>
    public abstract void Read(byte[] input);

    /// <summary>Whether the target measures the reader's time itself, because it waits for another process.</summary>
    public virtual bool TimesReading => false;

    /// <summary>Whether an exception is one that the reader's documentation names, with its cause inside.</summary>
    public abstract bool IsDocumented(Exception exception);

    /// <summary>All targets.</summary>
    public static IReadOnlyList<FuzzTarget> All() =>
    [
        EntryTarget.Stage(), EntryTarget.Scorer(), new ZipTarget(), new LoadTarget(), new SafetensorsTarget(), new NetworkTarget(), new TorchSharpTarget(),
        new CheckpointTarget(), new TrainingTarget(), new OptionsTarget(),
    ];

    /// <summary>The chain of causes, the exception itself first.</summary>
    protected static IEnumerable<Exception> Causes(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
            yield return cause;
    }
}
