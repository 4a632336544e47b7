// Each test has files of its own.
[assembly: Parallelize(Scope = ExecutionScope.ClassLevel)]
