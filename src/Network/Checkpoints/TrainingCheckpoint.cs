namespace MlNetNtd;

/// <summary>Reads information from a checkpoint file of any training.</summary>
public static class TrainingCheckpoint
{
    /// <summary>Reads the fingerprint of a file, whatever training it belongs to.</summary>
    /// <param name="path">The file's path.</param>
    /// <returns>The properties of the fingerprint.</returns>
    /// <exception cref="FormatException">The file is not a checkpoint, has another version, or is damaged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyDictionary<string, string> ReadFingerprint(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return CheckpointFile.ReadFingerprint(path).Properties.ToDictionary(property => property.Name, property => property.Value);
    }
}

/// <summary>
/// A checkpoint file for a training loop of your own, as <c>NextTokenDiscriminatorTrainer</c> uses one. It is written atomically,
/// is read only by the training it belongs to, and is used by one process at a time.
/// </summary>
/// <remarks>
/// <para>
/// The state is any type that <c>System.Text.Json</c> writes and reads, including fields and tuples. Arrays of <see cref="float"/>
/// in it are stored bit by bit beside the JSON. <see cref="Write"/> rejects data that could not be read back: a member that cannot
/// be set, a type derived from the declared one, a stack. Because one file holds the weights and optimizers of both sides of a GAN,
/// the position in the schedule and the history, they always belong to the same moment:
/// </para>
/// <code>
/// public sealed record MyState(int Step, DiscriminatorLearnerState Discriminator, Dictionary&lt;string, float[]&gt; Generator);
///
/// using var checkpoint = new TrainingCheckpoint&lt;MyState&gt;("gan.checkpoint", [new("seed", "1"), new("data", hash)]);
/// if (checkpoint.Read() is { } state) { ... }
/// checkpoint.Write(state);
/// </code>
/// <para>
/// The file is written next to its destination, flushed to the disk and renamed, with a SHA-256 checksum of its content. It may
/// have any length. If the path is a link, the file it points to is replaced and the link stays; the file's permissions are kept.
/// While this object is open it holds the file <c>path.lock</c> beside the file. It is not thread-safe.
/// </para>
/// </remarks>
/// <typeparam name="TState">The type of the state.</typeparam>
public sealed class TrainingCheckpoint<TState> : IDisposable
    where TState : class
{
    private const int MaxCharacters = 2000;

    private readonly CheckpointFingerprint _fingerprint;
    private readonly CheckpointLock _lock;

    /// <summary>Reserves a file, whether it exists or not.</summary>
    /// <param name="path">The file's path. Its folder must exist.</param>
    /// <param name="fingerprint">
    /// The properties that identify the training, such as seed, options and data. A file with other properties is not read.
    /// </param>
    /// <exception cref="ArgumentException">A property is repeated, or has no name or value.</exception>
    /// <exception cref="InvalidOperationException">Another training holds the file, or its folder cannot be written to.</exception>
    public TrainingCheckpoint(string path, IEnumerable<KeyValuePair<string, string>> fingerprint)
        // The order matters: an invalid fingerprint must not leave the file locked.
        : this(fingerprint: Checked(fingerprint), fileLock: Take(path))
    {
    }

    /// <summary>Uses a file that is already reserved.</summary>
    /// <param name="fileLock">The lock, which is released with this object.</param>
    /// <param name="fingerprint">The fingerprint of the training.</param>
    internal TrainingCheckpoint(CheckpointLock fileLock, CheckpointFingerprint fingerprint) => (_lock, _fingerprint) = (fileLock, fingerprint);

    /// <summary>Gets the file's path.</summary>
    public string Path => _lock.Path;

    /// <summary>Reads the state to resume from; null if the file does not exist.</summary>
    /// <exception cref="InvalidOperationException">The file belongs to another training; the message says what differs.</exception>
    /// <exception cref="FormatException">
    /// The file is not a checkpoint, has another version, is damaged, or has a state of another type.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public TState? Read()
    {
        if (!File.Exists(Path))
            return null;
        var found = CheckpointFile.Read(Path);
        if (_fingerprint.FindDifference(found.Fingerprint) is { } difference)
        {
            throw new InvalidOperationException(
                $"'{Path}' is of another training, and is left as it is: {FileText.Shown(difference, MaxCharacters)}. Choose another path, or delete it.");
        }

        return found.ReadState<TState>();
    }

    /// <summary>Writes a state and replaces the previous one.</summary>
    /// <param name="state">The state.</param>
    /// <exception cref="ArgumentException">
    /// Some part of the state could not be read back; the message names the member and what to do. Nothing is written.
    /// </exception>
    /// <exception cref="IOException">The file cannot be written. The previous one is unchanged.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied. The previous file is unchanged.</exception>
    public void Write(TState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        CheckpointFile.Write(Path, _fingerprint, state);
    }

    /// <summary>Releases the file, which stays.</summary>
    public void Dispose() => _lock.Dispose();

    private static CheckpointLock Take(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return CheckpointLock.Take(path);
    }

    private static CheckpointFingerprint Checked(IEnumerable<KeyValuePair<string, string>> fingerprint)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        var properties = new Dictionary<string, string>();
        foreach (var (name, value) in fingerprint)
        {
            if (name is null || value is null)
                throw new ArgumentException($"fingerprint: expected a name and a value of each fact, found {(name is null ? "no name" : $"no value of '{name}'")}.", nameof(fingerprint));
            if (!properties.TryAdd(name, value))
                throw new ArgumentException($"fingerprint: expected each fact once, found '{name}' twice.", nameof(fingerprint));
        }

        return new CheckpointFingerprint([.. properties.Select(property => (property.Key, property.Value))]);
    }
}
