using System.Text;

namespace MlNetNtd.Benchmarks;

/// <summary>Prints lines immediately and collects them.</summary>
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
