namespace MlNetNtd.Fuzz;

/// <summary>An initial embedding in a file.</summary>
internal abstract class WeightsTarget : FuzzTarget
{
    private readonly string _path = Scratch.NewPath();

    public override bool IsDocumented(Exception exception) => exception is FormatException;

    public override void Read(byte[] input)
    {
        try
        {
            File.WriteAllBytes(_path, input);
            var first = Load(_path);
            Save(_path, first);
            var written = File.ReadAllBytes(_path);
            var second = Load(_path);
            Save(_path, second);
            if (!first.AsSpan().SequenceEqual(second) || !written.AsSpan().SequenceEqual(File.ReadAllBytes(_path)))
                throw new FindingException("what was loaded, saved, loaded and saved is not the same");
        }
        finally
        {
            CheckClosed();
            File.Delete(_path);
        }
    }

    protected abstract float[] Load(string path);

    protected abstract void Save(string path, float[] values);

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
