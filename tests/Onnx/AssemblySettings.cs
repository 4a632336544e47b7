// Each test has its own models; none looks at TorchSharp's global generator.
[assembly: Parallelize(Scope = ExecutionScope.ClassLevel)]
