namespace MlNetNtd;

/// <summary>Writes an ONNX model to a file, and its larger tensors to a file beside it if one is not enough.</summary>
internal static class OnnxModelFile
{
    // Protobuf limits a message to 2 GiB. The nodes need far less than what remains.
    private const long MaxTensorBytes = 2_000_000_000;

    /// <summary>Writes a model, whole or not at all.</summary>
    /// <param name="path">The path of the model. An existing file is replaced.</param>
    /// <param name="model">The model.</param>
    /// <param name="description">The texts of the model.</param>
    /// <param name="maxTensorBytes">The maximum size of all tensors in the model's file; null for the format's maximum.</param>
    /// <exception cref="IOException">The file cannot be written. The previous one is unchanged.</exception>
    public static void Write(string path, OnnxModel model, OnnxModelDescription description, long? maxTensorBytes = null)
    {
        if (Directory.Exists(path))
            throw CreateError(path, "it is a folder");
        try
        {
            var target = AtomicFile.Target(Path.GetFullPath(path));
            var isLarge = model.Initializers.Sum(tensor => (long)tensor.Bytes.Length) > (maxTensorBytes ?? MaxTensorBytes);
            var external = isLarge ? new OnnxExternalData(Path.GetFileName(target), model.Initializers) : null;
            // The tensors first: a model never names a file that is not there.
            if (external is not null)
                AtomicFile.Write(Path.Combine(Path.GetDirectoryName(target)!, external.Location), external.WriteTo);
            AtomicFile.Write(target, model.CreateMessage(description, external).WriteTo);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw CreateError(path, Reason(error), error);
        }
    }

    private static IOException CreateError(string path, string reason, Exception? inner = null) =>
        new($"path: expected the path of an ONNX file that can be written, found '{path}' ({reason}).", inner);

    private static string Reason(Exception error) => error switch
    {
        DirectoryNotFoundException => "its folder does not exist",
        UnauthorizedAccessException => "access is denied",
        _ => error.Message,
    };
}
