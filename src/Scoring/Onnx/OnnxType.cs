namespace MlNetNtd;

/// <summary>The types of tensors, with their numbers in ONNX's <c>TensorProto.DataType</c>.</summary>
internal enum OnnxType
{
    Float = 1,
    Int32 = 6,
    Int64 = 7,
    Bool = 9,
}
