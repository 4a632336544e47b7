// Each test trains on its own; those that look at TorchSharp's global generator say [DoNotParallelize].
[assembly: Parallelize(Scope = ExecutionScope.ClassLevel)]
