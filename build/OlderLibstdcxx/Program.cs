using MlNetNtd.Build;

// OlderLibstdcxx SOURCE TARGET [--if-needed]: writes a copy of TorchSharp's native library that a system with a libstdc++
// older than GCC 13's loads. With --if-needed only where this system is one; elsewhere an old copy is removed.
if (args is not [var source, var target, ..] || args.Length > 3 || (args.Length == 3 && args[2] != "--if-needed"))
{
    Console.Error.WriteLine("usage: OlderLibstdcxx SOURCE TARGET [--if-needed]");
    return 2;
}

if (args.Length == 3 && SystemLibstdcxx.Has(Marker.Symbol, Marker.Version))
{
    File.Delete(target);
    return 0;
}

try
{
    var library = File.ReadAllBytes(source);
    if (!Marker.MakeOptional(library))
    {
        // Another TorchSharp, built with an older compiler, needs nothing done.
        File.Delete(target);
        return 0;
    }

    // Written beside and moved into place: another build may be at it too.
    Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(target))!);
    var beside = $"{target}.{Environment.ProcessId}";
    File.WriteAllBytes(beside, library);
    File.Move(beside, target, overwrite: true);
    Console.WriteLine($"MlNetNtd: {Marker.Version} of GCC 13's libstdc++ is not asked for by the copy of {Path.GetFileName(source)} in the output.");
    return 0;
}
catch (InvalidDataException e)
{
    Console.Error.WriteLine($"{source}: error NTD0002: {e.Message}");
    return 1;
}
