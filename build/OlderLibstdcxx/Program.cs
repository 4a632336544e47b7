using MlNetNtd.Build;

// OlderLibstdcxx SOURCE TARGET [--if-needed]: writes a copy of TorchSharp's native library that loads on a system whose libstdc++ is
// older than GCC 13's. With --if-needed, it writes the copy only if this is such a system, and otherwise deletes an old copy.
if (args is not [var source, var target, ..] || args.Length > 3 || (args.Length == 3 && args[2] != "--if-needed"))
{
    Console.Error.WriteLine("usage: OlderLibstdcxx SOURCE TARGET [--if-needed]");
    return 2;
}

if (args.Length == 3 && SystemLibstdcxx.Has(WeakVersionPatcher.Symbol, WeakVersionPatcher.Version))
{
    File.Delete(target);
    return 0;
}

try
{
    var library = File.ReadAllBytes(source);
    if (!WeakVersionPatcher.MakeOptional(library))
    {
        // A TorchSharp that was built with an older compiler needs no copy.
        File.Delete(target);
        return 0;
    }

    // Writes a temporary file and moves it, because another build may do the same concurrently.
    Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(target))!);
    var temporary = $"{target}.{Environment.ProcessId}";
    File.WriteAllBytes(temporary, library);
    File.Move(temporary, target, overwrite: true);
    Console.WriteLine($"MlNetNtd: {WeakVersionPatcher.Version} of GCC 13's libstdc++ is not asked for by the copy of {Path.GetFileName(source)} in the output.");
    return 0;
}
catch (InvalidDataException e)
{
    Console.Error.WriteLine($"{source}: error NTD0002: {e.Message}");
    return 1;
}
