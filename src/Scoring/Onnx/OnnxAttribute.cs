namespace MlNetNtd;

/// <summary>An attribute of an ONNX node.</summary>
/// <param name="Name">The attribute's name in the operator's specification.</param>
/// <param name="Value">A 64-bit integer, an array of them, or a 32-bit float.</param>
internal readonly record struct OnnxAttribute(string Name, object Value);
