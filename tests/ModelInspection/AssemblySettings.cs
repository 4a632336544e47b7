// Tests share no state; the few that count live tensors say [DoNotParallelize].
[assembly: Parallelize(Scope = ExecutionScope.ClassLevel)]
