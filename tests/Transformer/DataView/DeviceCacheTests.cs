namespace MlNetNtd.Tests;

/// <summary>A cache with one value per device.</summary>
[TestClass]
public sealed class DeviceCacheTests
{
    [TestMethod]
    public void Value_of_each_device_is_made_once()
    {
        using var all = new DeviceCache<Part>(typeof(string));

        var parts = new[] { all.GetOrCreate(null, () => new Part()), all.GetOrCreate(0, () => new Part()), all.GetOrCreate(1, () => new Part()) };

        Assert.HasCount(3, parts.Distinct().ToList());
        Assert.AreSame(parts[0], all.GetOrCreate(null, () => throw new InvalidOperationException()));
        Assert.AreSame(parts[2], all.GetOrCreate(1, () => throw new InvalidOperationException()));
    }

    [TestMethod]
    public void Disposed_cache_frees_each_value_once_and_makes_none()
    {
        var all = new DeviceCache<Part>(typeof(string));
        var parts = new[] { all.GetOrCreate(null, () => new Part()), all.GetOrCreate(0, () => new Part()) };

        all.Dispose();
        all.Dispose();

        CollectionAssert.AreEqual(new[] { 1, 1 }, parts.Select(part => part.Disposals).ToArray());
        Assert.ThrowsExactly<ObjectDisposedException>(() => all.GetOrCreate(null, () => new Part()));
        Assert.ThrowsExactly<ObjectDisposedException>(all.ThrowIfDisposed);
    }

    private sealed class Part : IDisposable
    {
        public int Disposals { get; private set; }

        public void Dispose() => Disposals++;
    }
}
