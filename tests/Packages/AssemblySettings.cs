// Every test works in a folder of its own and waits for commands it started, not for the processor.
[assembly: Parallelize(Scope = ExecutionScope.MethodLevel)]
