namespace MlNetNtd.Fuzz;

/// <summary>Weights in a file.</summary>
/// <typeparam name="T">What they are once they are read.</typeparam>
internal abstract class WeightsTarget<T> : FuzzTarget
{
    private readonly string _path = Scratch.NewPath();

    public override bool IsDocumented(Exception exception) => exception is FormatException;

    public override void Read(byte[] input)
    {
        try
        {
            File.WriteAllBytes(_path, input);
            Save(_path, Load(_path));
            var written = File.ReadAllBytes(_path);
            Save(_path, Load(_path));
            if (!written.AsSpan().SequenceEqual(File.ReadAllBytes(_path)))
                throw new FindingException("what was loaded, saved, loaded and saved is not the same");
        }
        finally
        {
            CheckClosed();
            File.Delete(_path);
        }
    }

    protected abstract T Load(string path);

    protected abstract void Save(string path, T weights);

    private void CheckClosed()
    {
        try
        {
            using var alone = File.Open(_path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new FindingException("the file was left open", e);
        }
    }
}
