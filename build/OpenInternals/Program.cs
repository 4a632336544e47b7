using MlNetNtd.Build;

// OpenInternals LIST OUTPUT ASSEMBLY...: writes a copy of each assembly to the folder OUTPUT, in which the members listed in the file
// LIST are public.
if (args is not [var list, var output, .. { Length: > 0 } assemblies])
{
    Console.Error.WriteLine("usage: OpenInternals LIST OUTPUT ASSEMBLY...");
    return 2;
}

var names = MemberList.Read(list);
var missing = InternalsOpener.Open(names, assemblies, output);
foreach (var name in missing)
{
    // The format in which MSBuild recognizes an error and its file.
    Console.Error.WriteLine(
        $"{list}: error NTD0001: '{name}' is in none of {string.Join(", ", assemblies.Select(Path.GetFileName))}, or is public there by itself.");
}

return missing.Count > 0 ? 1 : 0;
