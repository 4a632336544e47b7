using System.Text;

namespace MlNetNtd.Benchmarks;

/// <summary>Lines that are printed as they come and kept.</summary>
internal sealed class Report(TextWriter console)
{
    private readonly StringBuilder _text = new();

    public void Line(string line = "")
    {
        console.WriteLine(line);
        _text.Append(line).Append('\n');
    }

    public override string ToString() => _text.ToString();
}
