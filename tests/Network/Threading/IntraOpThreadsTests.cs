using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>A libtorch thread count that applies to one thread only.</summary>
[TestClass]
[DoNotParallelize]
public sealed class IntraOpThreadsTests
{
    [TestMethod]
    public void Thread_count_applies_to_the_calling_thread_until_disposed()
    {
        var own = get_num_threads();
        using (IntraOpThreads.Use(own + 3))
        {
            Assert.AreEqual(own + 3, get_num_threads());
            Assert.AreEqual(own, OfANewThread());
            using (IntraOpThreads.Use(own + 1))
                Assert.AreEqual(own + 1, get_num_threads());
            Assert.AreEqual(own + 3, get_num_threads());
        }

        Assert.AreEqual(own, get_num_threads());
        Assert.AreEqual(own, OfANewThread());
    }

    [TestMethod]
    public void Work_is_divided_among_the_thread_count_of_the_calling_thread()
    {
        Assert.AreEqual(get_num_threads(), IntraOpThreads.DivisibleThreads);
        using (IntraOpThreads.Use(7))
            Assert.AreEqual(7, IntraOpThreads.DivisibleThreads);
    }

    /// <summary>The one of the C library has no OpenMP; GCC's own, where the system has it, is not the one that libtorch brings.</summary>
    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void Library_that_libtorch_does_not_use_is_ignored()
    {
        Assert.IsNull(IntraOpThreads.Find([]));
        Assert.IsNull(IntraOpThreads.Find([NativeLibrary.Load("libc.so.6")]));
        Assert.IsTrue(NativeLibrary.TryLoad("LibTorchSharp", typeof(TorchSharp.torch).Assembly, null, out var libtorch));
        Assert.IsNotNull(IntraOpThreads.Find([NativeLibrary.Load("libc.so.6"), libtorch]));
    }

    private static int OfANewThread()
    {
        var number = 0;
        var thread = new Thread(() => number = get_num_threads());
        thread.Start();
        thread.Join();
        return number;
    }
}
