namespace MlNetNtd;

/// <summary>The places of all parameters in one array, each at the beginning of a cache line, as <see cref="FlatParameters"/> has them.</summary>
/// <remarks>
/// The order is that of the TorchSharp network's parameters: a module's own before those of its submodules. So the state of an
/// optimizer fits both engines.
/// </remarks>
internal sealed class ParameterLayout
{
    private readonly Dictionary<string, int> _offsets = [];

    /// <summary>Initializes the layout of a network.</summary>
    public ParameterLayout(DiscriminatorConfig config)
    {
        // OrderBy keeps the order of equals.
        Parameters = [.. config.Parameters().OrderBy(parameter => parameter.Name.Contains('.', StringComparison.Ordinal))];
        long offset = 0;
        foreach (var parameter in Parameters)
        {
            _offsets.Add(parameter.Name, (int)offset);
            offset += parameter.AlignedCount;
        }

        Length = (int)offset;
    }

    /// <summary>Gets the parameters in order.</summary>
    public IReadOnlyList<ParameterShape> Parameters { get; }

    /// <summary>Gets the number of values, with the gaps between parameters.</summary>
    public int Length { get; }

    /// <summary>Gets the offset of a parameter.</summary>
    public int this[string name] => _offsets[name];
}
