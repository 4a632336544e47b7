namespace MlNetNtd.Serving;

/// <summary>The model that serves. A request takes it once and keeps it to its end, whatever replaces it meanwhile.</summary>
internal sealed class ModelStore
{
    private readonly string _folder;
    private volatile ModelState _state;
    private FilesStamp _stamp;

    /// <summary>Loads the first model.</summary>
    /// <param name="folder">The folder with the model's two files.</param>
    /// <exception cref="ModelLoadException">The model cannot be loaded.</exception>
    public ModelStore(string folder)
    {
        _folder = folder;
        _stamp = FilesStamp.Read(folder);
        _state = new ModelState(ServedModel.Load(folder), DateTimeOffset.UtcNow, Problem: null);
    }

    /// <summary>Gets the model that serves, and what is wrong with the files if it is not theirs.</summary>
    public ModelState State => _state;

    /// <summary>Loads the model anew if its files have changed. One thread calls it.</summary>
    /// <returns>Whether the files have changed. <see cref="State"/> then says what became of it.</returns>
    public bool Reload()
    {
        // Read before the files are: what changes while they are loaded has changed at the next call too.
        var stamp = FilesStamp.Read(_folder);
        if (stamp == _stamp)
            return false;
        _stamp = stamp;
        try
        {
            _state = new ModelState(ServedModel.Load(_folder), DateTimeOffset.UtcNow, Problem: null);
        }
        catch (ModelLoadException e)
        {
            _state = _state with { Problem = e.Message };
        }

        return true;
    }
}

/// <summary>The model that serves.</summary>
/// <param name="Model">The model.</param>
/// <param name="Loaded">When it was loaded.</param>
/// <param name="Problem">Why the files as they are now do not serve, a sentence; null if the model is theirs.</param>
internal sealed record ModelState(ServedModel Model, DateTimeOffset Loaded, string? Problem);
