// The tests that draw from the global generator say [DoNotParallelize].
[assembly: Parallelize(Scope = ExecutionScope.ClassLevel)]
