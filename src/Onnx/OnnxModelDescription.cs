namespace MlNetNtd;

/// <summary>The texts of an ONNX model.</summary>
internal sealed record OnnxModelDescription
{
    public required string GraphName { get; init; }

    public required string ProducerName { get; init; }

    public required string ProducerVersion { get; init; }

    public required string Documentation { get; init; }

    public required IReadOnlyList<KeyValuePair<string, string>> Metadata { get; init; }
}
