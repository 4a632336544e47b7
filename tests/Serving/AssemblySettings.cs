// Tests share no state: each has a folder and a port of its own.
[assembly: Parallelize(Scope = ExecutionScope.ClassLevel)]
