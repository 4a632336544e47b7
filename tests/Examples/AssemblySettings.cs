// Tests share no state: each that writes files has a folder of its own.
[assembly: Parallelize(Scope = ExecutionScope.ClassLevel)]
