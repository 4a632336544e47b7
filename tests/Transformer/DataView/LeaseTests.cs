namespace MlNetNtd.Tests;

/// <summary>A shared value is freed when its owner and its last reader are done.</summary>
[TestClass]
public sealed class LeaseTests
{
    [TestMethod]
    public void Value_is_made_once_at_the_first_acquire()
    {
        var made = 0;
        using var lent = Of(() => made++);
        Assert.AreEqual(0, made);

        using var first = lent.Acquire();
        using var second = lent.Acquire();

        Assert.AreEqual(1, made);
        Assert.AreSame(first.Value, second.Value);
    }

    [TestMethod]
    public void Unleased_value_is_kept_for_the_next_acquire()
    {
        using var lent = Of();
        Freed freed;
        using (var loan = lent.Acquire())
            freed = loan.Value;

        Assert.AreEqual(0, freed.Times);
        using var again = lent.Acquire();
        Assert.AreSame(freed, again.Value);
    }

    [TestMethod]
    public void Value_disposed_under_two_leases_is_freed_with_the_second()
    {
        var lent = Of();
        var (first, second) = (lent.Acquire(), lent.Acquire());

        lent.Dispose();
        Assert.AreEqual(0, first.Value.Times);
        first.Dispose();
        Assert.AreEqual(0, second.Value.Times);
        second.Dispose();
        Assert.AreEqual(1, second.Value.Times);
    }

    [TestMethod]
    public void Value_disposed_without_leases_is_freed_once_immediately()
    {
        var lent = Of();
        var loan = lent.Acquire();
        loan.Dispose();

        lent.Dispose();
        lent.Dispose();

        Assert.AreEqual(1, loan.Value.Times);
    }

    [TestMethod]
    public void Disposed_value_refuses_leases_and_is_not_made()
    {
        var made = 0;
        var lent = Of(() => made++);

        lent.Dispose();

        Assert.AreEqual(nameof(String), Assert.ThrowsExactly<ObjectDisposedException>(() => lent.Acquire()).ObjectName.Split('.')[^1]);
        Assert.AreEqual(0, made);
    }

    private static RefCounted<Freed> Of(Action? made = null) => new(() =>
    {
        made?.Invoke();
        return new Freed();
    }, typeof(string));

    private sealed class Freed : IDisposable
    {
        public int Times { get; private set; }

        public void Dispose() => Times++;
    }
}
