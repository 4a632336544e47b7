// Each test has several processes, and a computer few cores.
[assembly: DoNotParallelize]
