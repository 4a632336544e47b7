namespace MlNetNtd.Tests;

/// <summary>What many read at once is freed when its owner is done with it and the last reader too.</summary>
[TestClass]
public sealed class LeaseTests
{
    [TestMethod]
    public void It_is_made_when_the_first_needs_it_and_once()
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
    public void Nobody_reads_it_any_more_and_it_is_kept_for_the_next()
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
    public void Disposed_while_two_read_it_is_freed_when_the_second_is_done()
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
    public void Disposed_while_nobody_reads_it_is_freed_at_once_and_once()
    {
        var lent = Of();
        var loan = lent.Acquire();
        loan.Dispose();

        lent.Dispose();
        lent.Dispose();

        Assert.AreEqual(1, loan.Value.Times);
    }

    [TestMethod]
    public void Disposed_it_is_lent_to_nobody_and_not_made()
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
