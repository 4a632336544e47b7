// Tests share no state: each that writes files has its own.
[assembly: Parallelize(Scope = ExecutionScope.ClassLevel)]
