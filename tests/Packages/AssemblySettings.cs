// Each test starts builds that use every core.
[assembly: DoNotParallelize]
