namespace MlNetNtd;

/// <summary>What can be asked of a <see cref="TrainingCheckpoint{TState}"/>'s file without knowing whose it is.</summary>
public static class TrainingCheckpoint
{
    /// <summary>What a file belongs to, fact by fact, whoever has it.</summary>
    /// <exception cref="FormatException">It is no checkpoint, of another version, or damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IReadOnlyDictionary<string, string> ReadFingerprint(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return CheckpointFile.ReadIdentity(path).Properties.ToDictionary(fact => fact.Name, fact => fact.Value);
    }
}

/// <summary>
/// A file that a training loop of one's own can be taken up again from, as <c>NextTokenDiscriminatorTrainer</c> takes up
/// its own: whole or not at all, only for the training it is of, and for one process at a time.
/// </summary>
/// <remarks>
/// <para>
/// The state is any type that <c>System.Text.Json</c> writes and reads, of as many parts as there are, fields and tuples among them; arrays
/// of <see cref="float"/> in it are kept as they are, bit by bit, beside the JSON. <see cref="Write"/> refuses what would not come back: a
/// member that reading cannot set, a type derived from the one that is declared, a stack. So the weights and the optimizers of both sides of a
/// GAN, the place in its schedule and its history are one thing, and no two of them can be of different moments:
/// </para>
/// <code>
/// public sealed record MyState(int Step, DiscriminatorLearnerState Discriminator, Dictionary&lt;string, float[]&gt; Generator);
///
/// using var checkpoint = new TrainingCheckpoint&lt;MyState&gt;("gan.checkpoint", [new("seed", "1"), new("data", hash)]);
/// if (checkpoint.Read() is { } state) { ... }
/// checkpoint.Write(state);
/// </code>
/// <para>
/// It is written beside, flushed to the disk and renamed, with SHA-256 over all of it. It may be of any length. Where the path is a link, the
/// file behind it is replaced and the link stays; who may read the file stays too. While this is open it holds the file <c>path.lock</c>
/// beside that file. It is used by one thread at a time.
/// </para>
/// </remarks>
/// <typeparam name="TState">What it holds.</typeparam>
public sealed class TrainingCheckpoint<TState> : IDisposable
    where TState : class
{
    private const int MostCharacters = 2000;

    private readonly CheckpointFingerprint _identity;
    private readonly CheckpointLock _lock;

    /// <summary>Takes a file for oneself, whether it is there already or not.</summary>
    /// <param name="path">The file. Its folder has to be there.</param>
    /// <param name="fingerprint">What it belongs to, fact by fact: seed, options, data. A file of other facts is not read.</param>
    /// <exception cref="ArgumentException">A fact is there twice, or has no name or value.</exception>
    /// <exception cref="InvalidOperationException">Another training has it, or nothing can be written there.</exception>
    public TrainingCheckpoint(string path, IEnumerable<KeyValuePair<string, string>> fingerprint)
        // In this order: nothing is held where the facts are wrong.
        : this(identity: Checked(fingerprint), place: Take(path))
    {
    }

    /// <param name="place">The file that is taken; let go with this.</param>
    /// <param name="identity">What it belongs to.</param>
    internal TrainingCheckpoint(CheckpointLock place, CheckpointFingerprint identity) => (_lock, _identity) = (place, identity);

    /// <summary>The file.</summary>
    public string Path => _lock.Path;

    /// <summary>What is there to go on from; null: there is no file.</summary>
    /// <exception cref="InvalidOperationException">It belongs to something else; the message says what differs.</exception>
    /// <exception cref="FormatException">It is no checkpoint, of another version, damaged, or its state is of another type.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public TState? Read()
    {
        if (!File.Exists(Path))
            return null;
        var found = CheckpointFile.Read(Path);
        if (_identity.FindDifference(found.Identity) is { } difference)
        {
            throw new InvalidOperationException(
                $"'{Path}' is of another training, and is left as it is: {FileText.Shown(difference, MostCharacters)}. Choose another path, or delete it.");
        }

        return found.ReadState<TState>();
    }

    /// <summary>Writes a state in the place of the one that is there.</summary>
    /// <exception cref="ArgumentException">
    /// Something of the state would not come back: the message names the member and what to do. Nothing is written.
    /// </exception>
    /// <exception cref="IOException">It cannot be written; what is there stays.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public void Write(TState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        CheckpointFile.Write(Path, _identity, state);
    }

    /// <summary>Lets others have the file. It stays.</summary>
    public void Dispose() => _lock.Dispose();

    private static CheckpointLock Take(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return CheckpointLock.Take(path);
    }

    private static CheckpointFingerprint Checked(IEnumerable<KeyValuePair<string, string>> facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var checkedFacts = new Dictionary<string, string>();
        foreach (var (name, value) in facts)
        {
            if (name is null || value is null)
                throw new ArgumentException($"belongsTo: expected a name and a value of each fact, found {(name is null ? "no name" : $"no value of '{name}'")}.", nameof(facts));
            if (!checkedFacts.TryAdd(name, value))
                throw new ArgumentException($"belongsTo: expected each fact once, found '{name}' twice.", nameof(facts));
        }

        return new CheckpointFingerprint([.. checkedFacts.Select(fact => (fact.Key, fact.Value))]);
    }
}
